DELETE FROM session_boards;
CREATE INDEX gift_contributions_by_value
    ON gift_contributions (session_id, total_value DESC, total_gifts DESC, user_id);
