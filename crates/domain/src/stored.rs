//! How values of the rules are kept in a column. Only with the feature `stored`, which the rules do not turn on.
//!
//! A column's text that is no name of its closed set, or JSON that is not the shape it should be, is a fault that names
//! the row; it never reads as some other value.

use std::ops::Deref;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The fault of a column that cannot be read: what is wrong, and in which row.
pub fn unreadable<I: ColIdx>(row: &QueryResult, column: I, why: &str) -> TryGetError {
    let id = row.try_get::<Uuid>("", "id").ok();
    let id = id.map_or_else(|| "a row without an id".to_owned(), |id| format!("row {id}"));
    DbErr::Type(format!("{id}: column {column:?}: {why}")).into()
}

/// Lets a closed set of names be the type of a text column.
#[macro_export]
macro_rules! stored_name {
    ($set:ident) => {
        impl From<$set> for $crate::sea_orm::Value {
            fn from(it: $set) -> Self {
                it.name().into()
            }
        }

        impl $crate::sea_orm::TryGetable for $set {
            fn try_get_by<I: $crate::sea_orm::ColIdx>(
                row: &$crate::sea_orm::QueryResult,
                column: I,
            ) -> Result<Self, $crate::sea_orm::TryGetError> {
                let name = <String as $crate::sea_orm::TryGetable>::try_get_by(row, column)?;
                Self::by_name(&name).ok_or_else(|| {
                    let why = format!("{name:?} is not a {}", stringify!($set));
                    $crate::stored::unreadable(row, column, &why)
                })
            }
        }

        impl $crate::sea_orm::sea_query::ValueType for $set {
            fn try_from(
                value: $crate::sea_orm::Value,
            ) -> Result<Self, $crate::sea_orm::sea_query::ValueTypeErr> {
                let name = <String as $crate::sea_orm::sea_query::ValueType>::try_from(value)?;
                Self::by_name(&name).ok_or($crate::sea_orm::sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($set).to_owned()
            }

            fn array_type() -> $crate::sea_orm::sea_query::ArrayType {
                $crate::sea_orm::sea_query::ArrayType::String
            }

            fn column_type() -> $crate::sea_orm::sea_query::ColumnType {
                $crate::sea_orm::sea_query::ColumnType::Text
            }
        }

        impl $crate::sea_orm::sea_query::Nullable for $set {
            fn null() -> $crate::sea_orm::Value {
                <String as $crate::sea_orm::sea_query::Nullable>::null()
            }
        }
    };
}

/// A value kept as JSON, read strictly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Stored<T>(pub T);

impl<T> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Stored<T> {
    fn from(it: T) -> Self {
        Self(it)
    }
}

impl<T: Serialize> From<Stored<T>> for Value {
    fn from(it: Stored<T>) -> Self {
        let json = serde_json::to_value(it.0).expect("what is kept as JSON has texts as keys");
        Self::Json(Some(Box::new(json)))
    }
}

impl<T: DeserializeOwned> TryGetable for Stored<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
        let json = serde_json::Value::try_get_by(row, column)?;
        serde_json::from_value(json).map(Self).map_err(|why| unreadable(row, column, &why.to_string()))
    }
}

impl<T: DeserializeOwned> ValueType for Stored<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::Json(Some(json)) => serde_json::from_value(*json).map(Self).map_err(|_| ValueTypeErr),
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        "Stored".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::Json
    }

    fn column_type() -> ColumnType {
        ColumnType::JsonBinary
    }
}

impl<T> Nullable for Stored<T> {
    fn null() -> Value {
        Value::Json(None)
    }
}
