//! A store's printed code: it opens the mini-program on the store's page.
//!
//! The scene is short enough for WeChat (32 characters), names no id that could be guessed, and is signed, so that
//! nobody prints codes of stores that do not exist. A code can be photographed: it says which store is meant and never
//! proves that somebody was there.

use domain::ids::CustomerId;
use wechat::{CodeImage, Release};

use super::rows::{self, customer, scenes};
use crate::App;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::settings;

/// Characters that a scene may have, without those that look alike.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKMNPQRSTVWXYZab";
const N_LETTERS: usize = 8;
const PAGE: &str = "pages/store/index";

/// The picture to print, from WeChat, and the scene it carries.
pub async fn poster(app: &App, actor: &Actor, id: CustomerId, width: u32) -> Result<(Vec<u8>, String)> {
    if !(280..=1280).contains(&width) {
        return Err(Error::field("/width", "out_of_range"));
    }
    let scene = scene(app, actor, id).await?;
    // A store may be printed before its page is released.
    let code =
        CodeImage { scene: &scene, page: Some(PAGE), check_path: false, release: Release::Formal, width };
    let picture = app.wechat.code_image(code).await.map_err(|fault| {
        tracing::warn!(%fault, "WeChat makes no code for a store");
        Error::Unavailable("wechat_unavailable", 30)
    })?;
    Ok((picture, scene))
}

/// The store's scene, the same each time.
async fn scene(app: &App, actor: &Actor, id: CustomerId) -> Result<String> {
    let tx = app.db.begin().await?;
    rows::visible(tx.db(), actor, id).await?.ok_or(Error::NotFound)?;
    let fresh = letters(&platform::secret::random_bytes::<N_LETTERS>()?);
    let code = scenes::code_of(tx.db(), id, &fresh, tx.now()).await?.ok_or(Error::NotFound)?;
    let key = settings::secret(&tx, "scenes").await?;
    tx.commit().await?;
    Ok(format!("s={code}&v={}", signature(&key, &code)))
}

/// The store that a scene names, if it is one of ours and the caller may see it.
pub async fn store_of(app: &App, actor: &Actor, scene: &str) -> Result<customer::Model> {
    let (code, given) = scene
        .strip_prefix("s=")
        .and_then(|rest| rest.split_once("&v="))
        .filter(|(code, given)| code.len() == N_LETTERS && given.len() == N_LETTERS)
        .ok_or(Error::NotFound)?;
    let tx = app.db.begin().await?;
    let key = settings::secret(&tx, "scenes").await?;
    tx.commit().await?;
    if !platform::secret::is_same(&signature(&key, code), given) {
        return Err(Error::NotFound);
    }
    let id = scenes::customer_behind(app.db.conn(), code).await?.ok_or(Error::NotFound)?;
    rows::visible(app.db.conn(), actor, id).await?.ok_or(Error::NotFound)
}

fn signature(key: &str, code: &str) -> String {
    let mac = platform::secret::mac(key.as_bytes(), code.as_bytes());
    letters(&mac[..N_LETTERS])
}

fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_fits_into_what_wechat_takes() {
        let scene = format!("s={}&v={}", letters(&[255; N_LETTERS]), signature("key", "23456789"));
        assert!(scene.len() <= 32 && scene.is_ascii() && !scene.contains('%'), "{scene}");
        assert_ne!(signature("key", "23456789"), signature("other", "23456789"));
    }
}
