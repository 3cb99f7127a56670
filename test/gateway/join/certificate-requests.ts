/** As `openssl req -new` made it, with a key on P-256. */
export const certificateRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIHQMHgCAQAwFjEUMBIGA1UEAwwLY2FtcHVzLWVkZ2UwWTATBgcqhkjOPQIBBggq
hkjOPQMBBwNCAASSQP+FTlX2uzL0NJOBNi3SFEF3HZkwHtSEXeHL0xsKMaLP5DRm
B5Jq96zWLDnKpLQyq7O7NyiuR9BSJvPUIn2ZoAAwCgYIKoZIzj0EAwIDSAAwRQIg
eFUknAB2ntX1BAVvlZg9fBqYOvcDc/urjH7k5zAbZ2cCIQDN6/+DE4ThDVJHxZ3b
ibiQ4Z2NdIWYZaycRBPTU+ifXw==
-----END CERTIFICATE REQUEST-----
`;

/** The public key in it, SHA-256 of its SubjectPublicKeyInfo in hexadecimal digits, as openssl computes it. */
export const requestedKeySha256 = 'b54c836c96e8093bab04e60c162637fd831e4c0898a1d2e45a4e5bd95e93f847';

/** The same with a key on P-384. */
export const otherCurveRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIIBAzCBiwIBADAMMQowCAYDVQQDDAF4MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE
bYkfGMVbVL7pVOlTyjZWJFvfHNWdknZaluOU/53qy4GEJtJ3n/qIAa/a2EbNFnAi
zX4Jt676bRrjJKm8H3T2u6xbXqeCh63W9Toq0S7Jn88eTGm8ypP0FK85sYE0ddKM
oAAwCgYIKoZIzj0EAwIDZwAwZAIwQnoi8HcX81vYcoW6kfhuVKSuX8OHpo2hWN8b
+jBsD/v09SBw8lBB0XVFlLV1ldMIAjAs7IkPBpnvT1FpVZHomZWx0vaF5FAZYbuL
Af6mMYDo4UD/1EyW3Uojxf3QnsniOys=
-----END CERTIFICATE REQUEST-----
`;
