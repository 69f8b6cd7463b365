//! Closed from the first route. Each test fails without the defence it names.

use crate::served::Served;

#[tokio::test]
async fn a_page_that_renamed_itself_to_our_address_is_refused() {
    let served = Served::start().await;
    for request in [
        "GET /api/v1/creators HTTP/1.1\r\nHost: evil.example:8787\r\nConnection: close\r\n\r\n",
        "GET /api/v1/creators HTTP/1.0\r\n\r\n",
        "GET http://evil.example/api/v1/creators HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    ] {
        let answer = served.raw(request).await;
        assert_eq!(answer.status, 403, "{request}");
        assert!(answer.problem()["detail"].as_str().expect("text").contains("http://127.0.0.1"));
    }
    assert_eq!(served.get("/api/v1/creators").await.status, 200);
}

#[tokio::test]
async fn a_request_through_a_proxy_is_refused() {
    let served = Served::start().await;
    for header in ["X-Forwarded-For: 10.0.0.9", "Forwarded: for=10.0.0.9", "X-Real-IP: 10.0.0.9"] {
        let answer = served.get_with("/api/v1/creators", &format!("{header}\r\n")).await;
        assert_eq!(answer.status, 403, "{header}");
        assert!(answer.body.contains("proxy"), "{}", answer.body);
    }
}

#[tokio::test]
async fn whether_the_process_lives_is_answered_to_everyone() {
    let served = Served::start().await;
    let answer = served.raw("GET /healthz HTTP/1.0\r\nHost: monitor.example\r\nVia: x\r\n\r\n").await;
    assert_eq!((answer.status, answer.body.trim()), (200, "ok"));
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused_and_changes_nothing() {
    let served = Served::start().await;
    let ours = format!("Origin: http://{}\r\n", served.host());
    for (headers, says) in [
        (String::new(), "Origin"),
        ("Origin: http://evil.example\r\n".to_owned(), "another site"),
        ("Origin: null\r\n".to_owned(), "another site"),
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), "another site"),
        (format!("{ours}Sec-Fetch-Site: cross-site\r\n"), "another site"),
        (format!("Origin: http://localhost:{}\r\n", served.address.port()), "another site"),
    ] {
        let body = r#"{"username": "mira"}"#;
        let answer = served.change_with("POST", "/api/v1/creators", &headers, body).await;
        assert_eq!(answer.status, 403, "{headers}");
        assert!(answer.body.contains(says), "{headers}: {}", answer.body);
    }
    assert_eq!(served.json("/api/v1/creators").await["creators"], serde_json::json!([]));

    for headers in [ours, "Sec-Fetch-Site: same-origin\r\n".to_owned()] {
        let body = r#"{"username": "mira"}"#;
        let answer = served.change_with("POST", "/api/v1/creators", &headers, body).await;
        assert!((200..300).contains(&answer.status), "{headers}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_socket_that_another_site_opens_is_refused() {
    let served = Served::start().await;
    let handshake = |origin: &str| {
        let host = served.host();
        format!(
            "GET /api/v1/feed HTTP/1.1\r\nHost: {host}\r\n{origin}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
        )
    };
    // The refused connection stays open for another request, so only its head is awaited.
    let refused = crate::served::head(served.address, &handshake("Origin: http://evil.example\r\n")).await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    for origin in ["".to_owned(), format!("Origin: http://{}\r\n", served.host())] {
        let opened = crate::served::head(served.address, &handshake(&origin)).await;
        assert!(opened.starts_with("HTTP/1.1 101"), "{opened}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_other_sites_out() {
    let served = Served::start().await;
    for path in ["/healthz", "/api/v1/creators", "/api/v1/docs", "/nothing-here", "/api/v1/sessions/7"] {
        let answer = served.get_with(path, "Origin: http://evil.example\r\n").await;
        let policy = answer.header("content-security-policy").expect(path);
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("server", "Pasut"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(answer.header("permissions-policy").is_some(), "{path}");
        assert!(answer.header("cache-control").is_some(), "{path}");
        assert!(!answer.head.contains("access-control-allow"), "{path}: {}", answer.head);
    }
}

#[tokio::test]
async fn a_preflight_of_another_site_gets_no_permission() {
    let served = Served::start().await;
    let headers = "Origin: http://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n";
    let answer = served.change_with("OPTIONS", "/api/v1/creators/mira", headers, "").await;
    assert_eq!(answer.status, 405);
    assert!(!answer.head.contains("access-control"), "{}", answer.head);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_taken() {
    let served = Served::start().await;
    let body = format!(r#"{{"username": "{}"}}"#, "x".repeat(100_000));
    let answer = served.change("POST", "/api/v1/creators", &body).await;
    assert_eq!(answer.status, 413);
    assert!(!answer.problem()["detail"].as_str().expect("text").is_empty());
}
