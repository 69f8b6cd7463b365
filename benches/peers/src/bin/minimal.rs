//! The least that a dashboard of its kind is made of: actix, askama and diesel. `/` reads ten rows from
//! SQLite with a pooled connection and renders them. `minimal FOLDER`.

use actix_web::{App, HttpResponse, HttpServer, web};
use askama::Template;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};

diesel::table! {
    gifters (user_id) {
        user_id -> BigInt,
        nickname -> Text,
        display_id -> Text,
        gifts -> BigInt,
        diamonds -> BigInt,
    }
}

#[derive(Queryable)]
struct Gifter {
    user_id: i64,
    nickname: String,
    display_id: String,
    gifts: i64,
    diamonds: i64,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<ol>{% for row in rows %}<li id=\"g{{ row.user_id }}\"><bdi>{{ row.nickname }}</bdi> \
              <small>@{{ row.display_id }}</small> {{ row.gifts }} <b>{{ row.diamonds }}</b></li>{% endfor %}</ol>"
)]
struct Page {
    rows: Vec<Gifter>,
}

type Connections = Pool<ConnectionManager<SqliteConnection>>;

async fn page(connections: web::Data<Connections>) -> actix_web::Result<HttpResponse> {
    // Reading ten rows takes microseconds, less than handing them to another thread.
    let mut connection = connections.get().map_err(actix_web::error::ErrorInternalServerError)?;
    let rows = gifters::table
        .order(gifters::diamonds.desc())
        .limit(10)
        .load(&mut connection)
        .map_err(actix_web::error::ErrorInternalServerError)?;
    let body = Page { rows }.render().map_err(actix_web::error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}

fn main() -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(serve())
}

async fn serve() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("usage: minimal FOLDER"))?;
    let database = format!("{folder}/minimal.db");
    let mut connection = SqliteConnection::establish(&database)?;
    fill(&mut connection)?;
    let connections =
        Pool::builder().max_size(2).build(ConnectionManager::<SqliteConnection>::new(database))?;
    let connections = web::Data::new(connections);
    let server =
        HttpServer::new(move || App::new().app_data(connections.clone()).route("/", web::get().to(page)))
            .workers(2)
            .bind(("127.0.0.1", 0))?;
    println!("minimal is listening on http://{}", server.addrs()[0]);
    server.run().await?;
    Ok(())
}

fn fill(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    diesel::sql_query("PRAGMA journal_mode = WAL").execute(connection)?;
    diesel::sql_query(
        "CREATE TABLE gifters (user_id INTEGER PRIMARY KEY, nickname TEXT NOT NULL, display_id TEXT NOT NULL, \
         gifts INTEGER NOT NULL, diamonds INTEGER NOT NULL)",
    )
    .execute(connection)?;
    diesel::sql_query("CREATE INDEX by_diamonds ON gifters (diamonds)").execute(connection)?;
    connection.transaction(|connection| {
        for number in 0..1_000_i64 {
            diesel::insert_into(gifters::table)
                .values((
                    gifters::user_id.eq(6_800_000_000_000_000_000 + number),
                    gifters::nickname.eq(format!("Penonton {number} ✨")),
                    gifters::display_id.eq(format!("penonton_{number}")),
                    gifters::gifts.eq(number % 97),
                    gifters::diamonds.eq(number * 7919 % 100_003),
                ))
                .execute(connection)?;
        }
        Ok(())
    })
}
