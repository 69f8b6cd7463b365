DROP TABLE webhook_deliveries;
DELETE FROM secrets WHERE key LIKE 'webhook.%';
DROP TABLE webhooks;
DROP TABLE alerts;
