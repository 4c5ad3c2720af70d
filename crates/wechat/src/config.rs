use std::collections::BTreeMap;

use secrecy::SecretString;

/// Who we are to WeChat. A channel without credentials is off.
#[derive(Debug, Clone)]
pub struct Config {
    /// The mini-program.
    pub mini_program: Credentials,
    /// The service account (服务号) beside it.
    pub official: Option<Credentials>,
    /// The WeCom app that the mini-program is bound to.
    pub wecom: Option<Credentials>,
    /// WeCom group robots: a name of ours and the key of each.
    pub robots: BTreeMap<String, SecretString>,
}

/// An app id or corp id, and its secret.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: String,
    pub secret: SecretString,
}
