// The files that images of the catalogue have beside those of every image: documents and settings of the web servers.

import type { CatalogueEntry } from '../images/catalogue.ts';

export const NGINX_ROOT = '/usr/share/nginx/html';
export const HTTPD_ROOT = '/usr/local/apache2/htdocs';
export const NGINX_SETTINGS = '/etc/nginx/nginx.conf';
export const NGINX_SITES = '/etc/nginx/conf.d';

const WELCOME = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>The server works; its site has not been set up yet.</p>
</body>
</html>
`;

const NGINX_SITE = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;
    location / {
        root   ${NGINX_ROOT};
        index  index.html index.htm;
    }
}
`;

const NGINX_FILES: Readonly<Record<string, string>> = {
  [`${NGINX_ROOT}/index.html`]: WELCOME,
  [`${NGINX_ROOT}/50x.html`]: '<html><body><h1>An error occurred.</h1></body></html>\n',
  [NGINX_SETTINGS]: `user  nginx;\nworker_processes  auto;\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\nevents {\n    worker_connections  1024;\n}\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    include ${NGINX_SITES}/*.conf;\n}\n`,
  [`${NGINX_SITES}/default.conf`]: NGINX_SITE,
};

const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nginx: NGINX_FILES,
  'registry.k8s.io/nginx-slim': NGINX_FILES,
  'registry.k8s.io/e2e-test-images/nginx': NGINX_FILES,
  httpd: { [`${HTTPD_ROOT}/index.html`]: '<html><body><h1>It works!</h1></body></html>\n' },
  'registry.k8s.io/e2e-test-images/httpd': { [`${HTTPD_ROOT}/index.html`]: '<html><body><h1>It works!</h1></body></html>\n' },
  'registry.k8s.io/e2e-test-images/nautilus': { '/data.json': '{\n  "image": "nautilus.jpg"\n}\n', '/nautilus.jpg': '' },
  'registry.k8s.io/e2e-test-images/kitten': { '/data.json': '{\n  "image": "kitten.jpg"\n}\n', '/kitten.jpg': '' },
  // A folder has a slash at its end.
  'registry.k8s.io/e2e-test-images/agnhost': { '/uploads/': '' },
};

/** Path → text; a path with a slash at its end is a directory. */
export function imageFiles({ repository }: CatalogueEntry): Readonly<Record<string, string>> {
  return FILES[repository] ?? {};
}

/** /etc/os-release of the distribution that an image is made of; undefined where there is none, or nobody knows it. */
export function releaseFile(packages: 'apk' | 'apt' | 'any' | 'none'): string | undefined {
  if (packages === 'apk') return 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n';
  return packages === 'apt'
    ? 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'
    : undefined;
}
