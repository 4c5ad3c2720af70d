//! Closed sets of names: a name stands once, beside its variant, and is the same in the API, in documents and in the
//! database.

/// Declares an enum whose variants have names.
///
/// `pub enum Status as OrderStatus` says what the API's description calls it, where the bare word is taken by others.
#[macro_export]
macro_rules! names {
    (
        $(#[$meta:meta])*
        pub enum $set:ident $(as $described:ident)? {
            $($(#[$variant_meta:meta])* $variant:ident = $name:literal),+ $(,)?
        }
    ) => {
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema,
        )]
        $(#[$meta])*
        pub enum $set {
            $($(#[$variant_meta])* #[serde(rename = $name)] $variant),+
        }

        impl $set {
            /// All of them, in the order they are declared in.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in the API, in documents and in the database.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// The one with that name.
            pub fn by_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl ::std::fmt::Display for $set {
            fn fmt(&self, it: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                it.write_str(self.name())
            }
        }

        $crate::stored_name!($set);
        $crate::described_name!($set, [$($described)? $set], [$($name),+]);
    };
}

/// How the API's description shows a closed set: a schema of its own, with every name.
#[cfg(feature = "described")]
#[doc(hidden)]
#[macro_export]
macro_rules! described_name {
    ($set:ident, [$described:ident $($rest:ident)?], [$($name:literal),+]) => {
        impl $crate::utoipa::PartialSchema for $set {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                $crate::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($name),+]))
                    .into()
            }
        }

        impl $crate::utoipa::ToSchema for $set {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($described))
            }
        }
    };
}

/// Nothing: the API's description is made elsewhere.
#[cfg(not(feature = "described"))]
#[doc(hidden)]
#[macro_export]
macro_rules! described_name {
    ($($any:tt)*) => {};
}
