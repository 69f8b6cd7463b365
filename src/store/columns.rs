//! How values of the domain are kept in columns: ids and names as text, moments as milliseconds.

use crate::domain::access::{AccountName, Role, SecretHash, Widget};
use crate::domain::driver::Driver;
use crate::domain::gift::ValueSource;
use crate::domain::goal::GoalKind;
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, RoomId, SessionId, UserId};
use crate::domain::marker::MarkerKind;
use crate::domain::remark::Tag;
use crate::domain::session::{GapCause, Origin};
use crate::domain::time::Stamp;
use crate::domain::trial::Arm;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteValue};

macro_rules! column {
    ($type:ty as $sql:ty, $write:expr, $read:expr) => {
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl ToSql<$sql, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value($write(self));
                Ok(IsNull::No)
            }
        }

        impl ToSql<Nullable<$sql>, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                ToSql::<$sql, Sqlite>::to_sql(self, out)
            }
        }

        impl FromSql<$sql, Sqlite> for $type {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                $read(value)
            }
        }

        impl Queryable<$sql, Sqlite> for $type {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

/// Reads a text column; a text that means nothing is a damaged database.
fn text<T>(value: SqliteValue<'_, '_, '_>, parse: impl FnOnce(&str) -> Option<T>) -> deserialize::Result<T> {
    let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
    parse(&text).ok_or_else(|| format!("{text:?} is not what this column holds").into())
}

column!(SessionId as Text, |id: &Self| id.to_string(), |value| text(value, |text| text.parse().ok()));
column!(UserId as Text, |id: &Self| id.to_string(), |value| text(value, |text| text.parse().ok()));
column!(RoomId as Text, |id: &Self| id.to_string(), |value| text(value, |text| text.parse().ok()));
column!(GiftId as Text, |id: &Self| id.to_string(), |value| text(value, |text| text.parse().ok()));
column!(BattleId as Text, |id: &Self| id.to_string(), |value| text(value, |text| text.parse().ok()));
column!(Handle as Text, |handle: &'b Self| handle.as_str(), |value| text(value, |text| Self::parse(text)
    .ok()));
column!(AccountName as Text, |name: &'b Self| name.as_str(), |value| text(value, |text| Self::parse(text)
    .ok()));
column!(Role as Text, |role: &Self| role.as_str(), |value| text(value, Self::parse));
column!(Widget as Text, |widget: &Self| widget.as_str(), |value| text(value, Self::parse));
column!(SecretHash as Text, |hash: &Self| hash.to_string(), |value| text(value, Self::parse));
column!(Origin as Text, |origin: &Self| origin.as_str(), |value| text(value, Self::parse));
column!(GapCause as Text, |cause: &Self| cause.as_str(), |value| text(value, Self::parse));
column!(Arm as Text, |arm: &Self| arm.as_str(), |value| text(value, Self::parse));
column!(Driver as Text, |driver: &Self| driver.as_str(), |value| text(value, Self::parse));
column!(Tag as Text, |tag: &'b Self| tag.as_str(), |value| text(value, Self::parse));
column!(GoalKind as Text, |kind: &Self| kind.as_str(), |value| text(value, Self::parse));
column!(MarkerKind as Text, |kind: &Self| kind.as_str(), |value| text(value, Self::parse));
column!(ValueSource as Text, |source: &Self| source.as_str(), |value| text(value, Self::parse));
column!(Stamp as BigInt, |stamp: &Self| stamp.0, |value| {
    <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
});
