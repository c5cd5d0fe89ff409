// Where the service keeps the certificate that it made, in the data folder.

export const CERT_FILE = 'tls-cert.pem';
export const KEY_FILE = 'tls-key.pem';
