//! Tokens and their digests.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A fresh 256-bit token as lower-case hex, for bearer tokens and tickets.
pub fn token() -> anyhow::Result<String> {
    Ok(hex(&random_bytes::<32>()?))
}

/// Random bytes from the system.
pub fn random_bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|fault| anyhow::anyhow!("reading random bytes: {fault}"))?;
    Ok(bytes)
}

/// HMAC-SHA256 (RFC 2104) of a text under a key.
pub fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length; the error is of a type that other algorithms share.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    one.len() == other.len() && differing == 0
}

/// SHA-256 of the bytes as lower-case hex. Tokens are stored only in this form.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes.as_ref()))
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| char::from(DIGITS[usize::from(it & 0x0f)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_digest_is_lower_case_hex() {
        assert_eq!(super::sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn two_tokens_differ() {
        let (one, other) = (super::token().unwrap(), super::token().unwrap());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }
}
