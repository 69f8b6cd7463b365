//! Every URL on one screen.

use super::api::{
    creators, drivers, events, exports as export_jobs, feed, health, leaderboard, markers, metrics, openapi,
    push, remarks, series, sessions, windows,
};
use super::visits::{
    alerts, avatars, backup, board, compare, connection, data, exports, forms, fragments, insights, moments,
    pages, performance, preferences, review, saves,
};
use actix_web::Route;
use actix_web::guard::{Any, Get, Head};
use actix_web::web::{ServiceConfig, delete, post, put, resource, route};

pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/").route(get().to(pages::start)))
        .service(resource("/welcome").route(get().to(pages::welcome)))
        .service(resource("/welcome/language").route(post().to(forms::welcome_language)))
        .service(resource("/welcome/creator").route(post().to(forms::welcome_creator)))
        .service(resource("/creators").route(get().to(pages::creators)).route(post().to(forms::add_creator)))
        .service(resource("/creators/{username}/start").route(post().to(forms::start)))
        .service(resource("/creators/{username}/stop").route(post().to(forms::stop)))
        .service(resource("/creators/{username}/remove").route(post().to(forms::remove)))
        .service(resource("/live").route(get().to(pages::live)))
        .service(resource("/insights").route(get().to(insights::page)))
        .service(resource("/insights.png").route(get().to(insights::png)))
        .service(resource("/insights.csv").route(get().to(insights::csv)))
        .service(resource("/insights/trial/start").route(post().to(insights::start)))
        .service(resource("/insights/trial/stop").route(post().to(insights::stop)))
        .service(resource("/compare").route(get().to(compare::page)))
        .service(resource("/compare.png").route(get().to(compare::png)))
        .service(resource("/compare.csv").route(get().to(compare::csv)))
        .service(resource("/leaderboards").route(get().to(board::page)))
        .service(resource("/leaderboards.csv").route(get().to(board::csv)))
        .service(resource("/people/{id}/erase").route(post().to(board::erase)))
        .service(resource("/people/{id}/note").route(post().to(board::note)))
        .service(resource("/best-times.png").route(get().to(pages::best_times_png)))
        .service(resource("/best-times.csv").route(get().to(pages::best_times_csv)))
        .service(resource("/sessions").route(get().to(pages::sessions)))
        .service(resource("/sessions/{id}").route(get().to(review::page)))
        .service(resource("/sessions/{id}/notes").route(post().to(review::save_notes)))
        .service(resource("/sessions/{id}/notes/undo").route(post().to(review::undo_notes)))
        .service(resource("/sessions/{id}/tags").route(post().to(review::save_tags)))
        .service(resource("/sessions/{id}/tiktok").route(post().to(review::match_tiktok)))
        .service(resource("/sessions/{id}/questions/{number}").route(post().to(review::answer_question)))
        .service(resource("/sessions/{id}/chart.png").route(get().to(saves::chart_png)))
        .service(resource("/sessions/{id}/chart.csv").route(get().to(saves::chart_csv)))
        .service(resource("/sessions/{id}/card.png").route(get().to(saves::card)))
        .service(resource("/sessions/{id}/report.html").route(get().to(saves::report)))
        .service(resource("/sessions/{id}/markers").route(post().to(moments::mark)))
        .service(resource("/sessions/{id}/markers/{marker}/remove").route(post().to(moments::unmark)))
        .service(resource("/exports").route(get().to(exports::page)).route(post().to(exports::ask)))
        .service(resource("/exports/{id}/file").route(get().to(exports::file)))
        .service(resource("/exports/{id}/remove").route(post().to(exports::remove)))
        .service(resource("/gifts/{id}/price").route(post().to(forms::price)))
        .service(
            resource("/settings/connection")
                .route(get().to(connection::page))
                .route(post().to(connection::save)),
        )
        .service(resource("/settings/connection/test").route(post().to(connection::test)))
        .service(resource("/settings/backup").route(get().to(backup::page)).route(post().to(backup::save)))
        .service(resource("/settings/backup/make").route(post().to(backup::make)))
        .service(resource("/settings/backup/restore").route(post().to(backup::restore)))
        .service(resource("/settings/backup/remove").route(post().to(backup::remove)))
        .service(resource("/settings/backup/file").route(get().to(backup::file)))
        .service(
            resource("/performance").route(get().to(performance::page)).route(post().to(performance::change)),
        )
        .service(
            resource("/settings/session")
                .route(get().to(preferences::session))
                .route(post().to(preferences::save_session)),
        )
        .service(
            resource("/settings/gifts")
                .route(get().to(preferences::gifts))
                .route(post().to(preferences::save_gifts)),
        )
        .service(
            resource("/settings/money")
                .route(get().to(preferences::money))
                .route(post().to(preferences::save_money)),
        )
        .service(
            resource("/settings/display")
                .route(get().to(preferences::display))
                .route(post().to(forms::display)),
        )
        .service(resource("/settings/alerts").route(get().to(alerts::page)))
        .service(resource("/settings/alerts/goals").route(post().to(alerts::add_goal)))
        .service(resource("/settings/alerts/goals/{id}").route(post().to(alerts::change_goal)))
        .service(resource("/settings/undo").route(post().to(preferences::undo)))
        .service(resource("/settings/data").route(get().to(data::page)).route(post().to(data::save)))
        .service(resource("/settings/data/run").route(post().to(data::run)))
        .service(resource("/settings/data/person").route(get().to(data::seek)))
        .service(resource("/archives/{id}/{kind}").route(get().to(data::file)))
        .service(resource("/more").route(get().to(pages::more)))
        .service(resource("/help").route(get().to(pages::help)))
        .service(resource("/avatars/{user}").route(get().to(avatars::avatar)))
        .service(resource("/assets/{file}").route(get().to(pages::asset)))
        .service(resource("/f/pulse").route(get().to(fragments::pulse)))
        .service(resource("/f/feed").route(get().to(fragments::feed)))
        .service(resource("/f/leaderboard").route(get().to(fragments::leaderboard)))
        .service(resource("/f/leaderboards").route(get().to(board::lines)))
        .service(resource("/f/moments").route(get().to(moments::list)))
        .service(resource("/f/changed").route(get().to(moments::what_changed)))
        .service(resource("/f/chores").route(get().to(data::chores)))
        .service(resource("/f/creators").route(get().to(fragments::creators)))
        .service(resource("/f/exports").route(get().to(exports::estimate)))
        .service(resource("/f/job/backup").route(get().to(backup::work)))
        .service(resource("/f/job/{id}").route(get().to(exports::job)))
        .service(resource("/f/system").route(get().to(performance::system)))
        .service(resource("/f/trial").route(get().to(insights::reminder)))
        .service(resource("/f/welcome").route(get().to(fragments::welcome)))
        .service(resource("/healthz").route(get().to(health::healthz)))
        .service(resource("/readyz").route(get().to(health::readyz)))
        .service(resource("/metrics").route(get().to(metrics::metrics)))
        .service(resource("/api/v1/openapi.json").route(get().to(openapi::openapi)))
        .service(resource("/api/v1/docs").route(get().to(openapi::docs)))
        .service(resource("/api/v1/creators").route(get().to(creators::list)).route(post().to(creators::add)))
        .service(resource("/api/v1/creators/{username}").route(delete().to(creators::remove)))
        .service(resource("/api/v1/creators/{username}/start").route(post().to(creators::start)))
        .service(resource("/api/v1/creators/{username}/stop").route(post().to(creators::stop)))
        .service(resource("/api/v1/creators/{username}/drivers").route(get().to(drivers::of_creator)))
        .service(resource("/api/v1/sessions").route(get().to(sessions::list)).route(post().to(push::begin)))
        .service(resource("/api/v1/sessions/{id}").route(get().to(sessions::one)))
        .service(resource("/api/v1/sessions/{id}/series").route(get().to(series::series)))
        .service(resource("/api/v1/sessions/{id}/intervals").route(get().to(series::intervals)))
        .service(resource("/api/v1/sessions/{id}/leaderboard").route(get().to(leaderboard::of_session)))
        .service(resource("/api/v1/sessions/{id}/drivers").route(get().to(drivers::of_session)))
        .service(resource("/api/v1/sessions/{id}/windows").route(get().to(windows::of_session)))
        .service(resource("/api/v1/sessions/{id}/what-changed").route(get().to(windows::what_changed)))
        .service(
            resource("/api/v1/sessions/{id}/markers")
                .route(get().to(markers::list))
                .route(post().to(markers::add)),
        )
        .service(
            resource("/api/v1/sessions/{id}/notes")
                .route(get().to(remarks::read))
                .route(put().to(remarks::set_notes)),
        )
        .service(resource("/api/v1/sessions/{id}/tags").route(put().to(remarks::set_tags)))
        .service(resource("/api/v1/sessions/{id}/markers/{marker}").route(delete().to(markers::remove)))
        .service(
            resource("/api/v1/sessions/{id}/events")
                .route(get().to(events::events))
                .route(post().to(push::events)),
        )
        .service(resource("/api/v1/sessions/{id}/end").route(post().to(push::end)))
        .service(resource("/api/v1/leaderboard").route(get().to(leaderboard::of_days)))
        .service(
            resource("/api/v1/exports").route(get().to(export_jobs::list)).route(post().to(export_jobs::ask)),
        )
        .service(
            resource("/api/v1/exports/{id}")
                .route(get().to(export_jobs::one))
                .route(delete().to(export_jobs::remove)),
        )
        .service(resource("/api/v1/exports/{id}/file").route(get().to(exports::file)))
        .service(resource("/api/v1/feed").route(get().to(feed::feed)));
}

/// Reading; HEAD asks for the headers of the same answer.
fn get() -> Route {
    route().guard(Any(Get()).or(Head()))
}
