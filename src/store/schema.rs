//! The tables, as the migrations make them (the form `diesel print-schema` writes).

diesel::table! {
    access_tokens (token_id) {
        token_id -> BigInt,
        hash -> Text,
        kind -> Text,
        role -> Nullable<Text>,
        creator -> Nullable<Text>,
        widget -> Nullable<Text>,
        of_session -> Nullable<Text>,
        money -> Bool,
        label -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used -> Nullable<BigInt>,
        pin -> Nullable<Text>,
    }
}

diesel::table! {
    accounts (name) {
        name -> Text,
        role -> Text,
        password -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    alerts (alert_id) {
        alert_id -> BigInt,
        occasion -> Text,
        message_id -> Text,
        account_username -> Text,
        session_id -> Nullable<Text>,
        at -> BigInt,
        user_id -> Nullable<Text>,
        display_id -> Text,
        nickname -> Text,
        what -> Text,
        to_page -> Bool,
    }
}

diesel::table! {
    answers (session_id, timestamp) {
        session_id -> Text,
        timestamp -> BigInt,
        provisional -> Bool,
        body -> Text,
    }
}

diesel::table! {
    archive_sessions (archive_id, session_id) {
        archive_id -> BigInt,
        session_id -> Text,
        events -> BigInt,
        checksum -> Text,
    }
}

diesel::table! {
    archives (archive_id) {
        archive_id -> BigInt,
        name -> Text,
        made_at -> Nullable<BigInt>,
        book_bytes -> BigInt,
        book_sha256 -> Text,
        raw_bytes -> BigInt,
        raw_sha256 -> Text,
    }
}

diesel::table! {
    audit (audit_id) {
        audit_id -> BigInt,
        at -> BigInt,
        who -> Text,
        what -> Text,
        subject -> Text,
        times -> BigInt,
    }
}

diesel::table! {
    auto_changes (at) {
        at -> BigInt,
        eased -> Bool,
        cause -> Text,
        measured -> Double,
        for_ms -> BigInt,
    }
}

diesel::table! {
    battle_sides (session_id, battle_id, side) {
        session_id -> Text,
        battle_id -> Text,
        side -> BigInt,
        host_id -> Text,
        display_id -> Text,
        nickname -> Text,
        score -> BigInt,
    }
}

diesel::table! {
    battles (session_id, battle_id) {
        session_id -> Text,
        battle_id -> Text,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    chores (name) {
        name -> Text,
        last_run -> Nullable<BigInt>,
        took_ms -> BigInt,
        result -> Text,
        next_run -> BigInt,
    }
}

diesel::table! {
    creators (handle) {
        handle -> Text,
        user_id -> Nullable<Text>,
        nickname -> Text,
        zone -> Text,
        added_at -> BigInt,
        stopped_room -> Nullable<Text>,
    }
}

diesel::table! {
    data_sizes (at) {
        at -> BigInt,
        used_bytes -> BigInt,
        file_bytes -> BigInt,
    }
}

diesel::table! {
    envelopes (session_id, envelope_id) {
        session_id -> Text,
        envelope_id -> Text,
        at -> BigInt,
        user_id -> Nullable<Text>,
        sender_name -> Text,
        diamonds -> BigInt,
        winners -> BigInt,
    }
}

diesel::table! {
    erasure_sessions (user_id, session_id) {
        user_id -> Text,
        session_id -> Text,
    }
}

diesel::table! {
    erasures (user_id) {
        user_id -> Text,
        anonymous_id -> Text,
    }
}

diesel::table! {
    event_segments (session_id, first_number) {
        session_id -> Text,
        first_number -> BigInt,
        last_number -> BigInt,
        from_ms -> BigInt,
        to_ms -> BigInt,
        kinds -> Integer,
        packed -> Bool,
        body -> Binary,
    }
}

diesel::table! {
    gaps (session_id, from_ms) {
        session_id -> Text,
        from_ms -> BigInt,
        to_ms -> Nullable<BigInt>,
        cause -> Text,
    }
}

diesel::table! {
    gift_contributions (session_id, user_id) {
        session_id -> Text,
        user_id -> Text,
        username -> Text,
        nickname -> Text,
        total_gifts -> BigInt,
        total_value -> BigInt,
        gift_types -> BigInt,
        last_gift_time -> BigInt,
        value_to_creator -> BigInt,
        biggest_gift_id -> Text,
        biggest_gift_value -> BigInt,
        estimated -> Bool,
        first_gift_time -> BigInt,
    }
}

diesel::table! {
    gift_values (gift_id) {
        gift_id -> Text,
        gift_name -> Text,
        diamond_value -> BigInt,
        source -> Text,
        last_updated -> BigInt,
    }
}

diesel::table! {
    gifter_gifts (session_id, user_id, gift_id) {
        session_id -> Text,
        user_id -> Text,
        gift_id -> Text,
        units -> BigInt,
        diamonds -> BigInt,
    }
}

diesel::table! {
    goals (goal_id) {
        goal_id -> BigInt,
        account_username -> Text,
        kind -> Text,
        target -> BigInt,
        title -> Text,
        state -> Text,
        met_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    guests (session_id, user_id) {
        session_id -> Text,
        user_id -> Text,
        units -> BigInt,
        diamonds -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    last_session (id) {
        id -> Integer,
        number -> BigInt,
    }
}

diesel::table! {
    markers (id) {
        id -> BigInt,
        session_id -> Text,
        at -> BigInt,
        kind -> Text,
        note -> Text,
    }
}

diesel::table! {
    pauses (session_id, from_ms) {
        session_id -> Text,
        from_ms -> BigInt,
        to_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    people (user_id) {
        user_id -> Text,
        display_id -> Text,
        nickname -> Text,
        avatar_url -> Text,
        first_seen -> BigInt,
        last_seen -> BigInt,
        gave -> Bool,
    }
}

diesel::table! {
    performance_logs (timestamp) {
        timestamp -> BigInt,
        cpu_percent -> Nullable<Double>,
        memory_percent -> Nullable<Double>,
        disk_percent -> Nullable<Double>,
        analytics_interval -> Nullable<BigInt>,
        data_size_mb -> Nullable<Double>,
        event_lag_ms -> Nullable<BigInt>,
        queue -> Nullable<BigInt>,
        own_cpu_percent -> Nullable<Double>,
        own_memory_mb -> Nullable<Double>,
        disk_free_mb -> Nullable<Double>,
        events -> Nullable<BigInt>,
        dropped -> Nullable<BigInt>,
    }
}

diesel::table! {
    person_names (user_id, display_id, nickname) {
        user_id -> Text,
        display_id -> Text,
        nickname -> Text,
        last_seen -> BigInt,
    }
}

diesel::table! {
    person_notes (user_id) {
        user_id -> Text,
        note -> Text,
    }
}

diesel::table! {
    person_tags (user_id, tag) {
        user_id -> Text,
        tag -> Text,
    }
}

diesel::table! {
    questions (session_id, number) {
        session_id -> Text,
        number -> BigInt,
        at -> BigInt,
        user_id -> Nullable<Text>,
        text -> Text,
        answered -> Bool,
    }
}

diesel::table! {
    revaluations (session_id, gift_id) {
        session_id -> Text,
        gift_id -> Text,
        diamonds -> BigInt,
        guessed -> Bool,
    }
}

diesel::table! {
    series (session_id, from_ms) {
        session_id -> Text,
        from_ms -> BigInt,
        viewers -> Nullable<BigInt>,
        viewers_min -> BigInt,
        viewers_max -> BigInt,
        viewer_ms -> BigInt,
        known_ms -> BigInt,
        comments -> BigInt,
        likes -> BigInt,
        likes_seen -> BigInt,
        gift_units -> BigInt,
        diamonds -> BigInt,
        follows -> BigInt,
        shares -> BigInt,
        joins -> BigInt,
        likes_in_gap -> BigInt,
    }
}

diesel::table! {
    session_analytics (session_id, timestamp) {
        session_id -> Text,
        timestamp -> BigInt,
        length_ms -> BigInt,
        viewers -> Nullable<BigInt>,
        viewers_min -> BigInt,
        viewers_max -> BigInt,
        viewer_ms -> BigInt,
        known_ms -> BigInt,
        comments_count -> BigInt,
        likes_count -> BigInt,
        likes_seen_count -> BigInt,
        gifts_count -> BigInt,
        gifts_value -> BigInt,
        follows_count -> BigInt,
        shares_count -> BigInt,
        joins_count -> BigInt,
        viewer_change -> Nullable<BigInt>,
        activity_score -> Nullable<Double>,
        top_gifter -> Nullable<Text>,
    }
}

diesel::table! {
    session_boards (version) {
        version -> BigInt,
        session_id -> Text,
        first_gifters -> Binary,
        other_gifters -> Binary,
    }
}

diesel::table! {
    session_gifts (session_id, gift_id) {
        session_id -> Text,
        gift_id -> Text,
        gift_name -> Text,
        streakable -> Bool,
        diamond_value -> BigInt,
        source -> Text,
        units -> BigInt,
        diamonds -> BigInt,
        streaks -> BigInt,
    }
}

diesel::table! {
    session_kinds (session_id, kind) {
        session_id -> Text,
        kind -> Text,
        messages -> BigInt,
    }
}

diesel::table! {
    session_methods (session_id, method) {
        session_id -> Text,
        method -> Text,
        messages -> BigInt,
    }
}

diesel::table! {
    session_people (session_id, user_id) {
        session_id -> Text,
        user_id -> Text,
        moderator -> Bool,
        subscriber -> Bool,
        follower -> Bool,
        first_at -> BigInt,
        last_at -> BigInt,
        comments -> BigInt,
        likes -> BigInt,
        gift_units -> BigInt,
        follows -> BigInt,
        shares -> BigInt,
        joins -> BigInt,
    }
}

diesel::table! {
    session_tags (session_id, tag) {
        session_id -> Text,
        tag -> Text,
    }
}

diesel::table! {
    session_totals (session_id) {
        session_id -> Text,
        history_skipped -> BigInt,
        duplicates_dropped -> BigInt,
        decode_errors -> BigInt,
        counted -> BigInt,
        broken_frames -> BigInt,
        likes_seen -> BigInt,
        like_counter_first -> Nullable<BigInt>,
        like_counter_max -> Nullable<BigInt>,
        like_counter_last -> Nullable<BigInt>,
        diamonds_to_creator -> BigInt,
        diamonds_event -> BigInt,
        diamonds_learned -> BigInt,
        diamonds_list -> BigInt,
        diamonds_estimate -> BigInt,
        diamonds_unknown -> BigInt,
        unpriced_units -> BigInt,
        unique_commenters -> BigInt,
        unique_gifters -> BigInt,
        unique_joiners -> BigInt,
        people -> BigInt,
        viewers_last -> Nullable<BigInt>,
        viewers_last_at -> Nullable<BigInt>,
        viewers_peak_at -> Nullable<BigInt>,
        viewers_total -> BigInt,
        viewer_ms -> BigInt,
        known_ms -> BigInt,
    }
}

diesel::table! {
    sessions (session_id) {
        session_id -> Text,
        account_username -> Text,
        room_id -> Text,
        start_time -> BigInt,
        end_time -> Nullable<BigInt>,
        counted_to -> BigInt,
        total_duration -> BigInt,
        peak_viewers -> Nullable<BigInt>,
        avg_viewers -> Nullable<Double>,
        total_comments -> BigInt,
        total_likes -> BigInt,
        total_gifts -> BigInt,
        total_gifts_value -> BigInt,
        total_follows -> BigInt,
        total_shares -> BigInt,
        total_joins -> BigInt,
        coverage -> Double,
        session_notes -> Text,
        host_id -> Nullable<Text>,
        title -> Text,
        live_since -> Nullable<BigInt>,
        continues -> Nullable<Text>,
        origin -> Text,
        capture_hash -> Nullable<Text>,
        earlier_notes -> Nullable<Text>,
        left_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    secrets (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    settings_before (key) {
        key -> Text,
        value -> Nullable<Text>,
    }
}

diesel::table! {
    streaks (session_id, user_id, gift_id, group_id, round) {
        session_id -> Text,
        user_id -> Text,
        gift_id -> Text,
        group_id -> BigInt,
        round -> BigInt,
        receiver_id -> Nullable<Text>,
        units -> BigInt,
        diamonds -> BigInt,
        ended -> Bool,
        started_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    subscriptions (session_id, number) {
        session_id -> Text,
        number -> BigInt,
        at -> BigInt,
        user_id -> Nullable<Text>,
        months -> BigInt,
    }
}

diesel::table! {
    thinned_sessions (session_id) {
        session_id -> Text,
        at -> BigInt,
        events -> BigInt,
        checksum -> Text,
    }
}

diesel::table! {
    tiktok_figures (session_id) {
        session_id -> Text,
        diamonds -> Nullable<BigInt>,
        likes -> Nullable<BigInt>,
        viewers_total -> Nullable<BigInt>,
    }
}

diesel::table! {
    trial_slots (trial_id, number) {
        trial_id -> BigInt,
        number -> BigInt,
        session_id -> Text,
        planned_at -> BigInt,
        arm -> Text,
        shown_at -> BigInt,
    }
}

diesel::table! {
    trials (trial_id) {
        trial_id -> BigInt,
        account_username -> Text,
        prompt -> Text,
        window_ms -> BigInt,
        pairs -> BigInt,
        seed -> BigInt,
        started_at -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    viewer_correlations (session_id, timestamp, driver) {
        session_id -> Text,
        timestamp -> BigInt,
        driver -> Text,
        verdict -> Text,
        level -> Text,
        effect_per_unit -> Nullable<Double>,
        effect_low -> Nullable<Double>,
        effect_high -> Nullable<Double>,
        lag_s -> Nullable<Double>,
        p_value -> Nullable<Double>,
        bursts -> Nullable<BigInt>,
        hits -> Nullable<BigInt>,
        hits_by_chance -> Nullable<Double>,
    }
}

diesel::table! {
    viewer_windows (session_id, timestamp, from_ms) {
        session_id -> Text,
        timestamp -> BigInt,
        from_ms -> BigInt,
        to_ms -> BigInt,
        viewers -> BigInt,
        viewer_change -> BigInt,
        cause -> Text,
        confidence -> Double,
        occasion_at -> Nullable<BigInt>,
        occasion_units -> Nullable<BigInt>,
        occasion_gift_id -> Nullable<Text>,
    }
}

diesel::table! {
    web_sessions (web_session_id) {
        web_session_id -> BigInt,
        hash -> Text,
        account -> Text,
        created_at -> BigInt,
        last_seen -> BigInt,
        ends_at -> BigInt,
        address -> Text,
        agent -> Text,
    }
}

diesel::table! {
    webhook_deliveries (delivery_id) {
        delivery_id -> BigInt,
        webhook_id -> BigInt,
        alert_id -> BigInt,
        state -> Text,
        tries -> BigInt,
        next_at -> BigInt,
        tried_at -> Nullable<BigInt>,
        status -> Nullable<BigInt>,
        problem -> Text,
    }
}

diesel::table! {
    webhooks (webhook_id) {
        webhook_id -> BigInt,
        host -> Text,
        form -> Text,
        private -> Bool,
        lang -> Text,
        enabled -> Bool,
        failing_since -> Nullable<BigInt>,
        gave_up_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(web_sessions -> accounts (account));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(webhook_deliveries -> alerts (alert_id));
diesel::joinable!(archive_sessions -> archives (archive_id));
diesel::joinable!(archive_sessions -> sessions (session_id));
diesel::joinable!(thinned_sessions -> sessions (session_id));
diesel::joinable!(markers -> sessions (session_id));
diesel::joinable!(session_analytics -> sessions (session_id));
diesel::joinable!(event_segments -> sessions (session_id));
diesel::joinable!(erasure_sessions -> sessions (session_id));
diesel::joinable!(session_boards -> sessions (session_id));
diesel::joinable!(person_names -> people (user_id));
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    web_sessions,
    alerts,
    webhook_deliveries,
    webhooks,
    answers,
    archive_sessions,
    archives,
    sessions,
    thinned_sessions,
    session_analytics,
    gaps,
    event_segments,
    markers,
    revaluations,
    session_boards,
    erasure_sessions,
    session_tags,
    gift_contributions,
    gifter_gifts,
    people,
    person_names,
    session_gifts,
    session_people
);
