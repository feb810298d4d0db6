"""Packages: a file sealed to one recipient and signed by the desk, opened without a desk.

A package is a tar of `manifest.json`, its SM2 signature (`manifest.sig`, DER, SM3, the usual signer's name), the desk's
public key (`signer.pem`), the file's key sealed to the recipient (`key.sm2`) and the file in SM4-GCM (`data.sm4`). The
manifest names the digests of both, so that the signature covers everything; `openssl` checks it without this program.
"""
