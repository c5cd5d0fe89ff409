// The part of the pages' scripts that calls the service: with the token, when there is one. Kept for the browser's session only.

export const TOKEN_SCRIPT = `
const tokenInput = document.querySelector('#token');
tokenInput.value = sessionStorage.getItem('orrery-token') ?? '';
tokenInput.addEventListener('change', () => sessionStorage.setItem('orrery-token', tokenInput.value));
const call = (path, options = {}) => {
  const headers = { ...options.headers };
  if (tokenInput.value !== '') headers.Authorization = 'Bearer ' + tokenInput.value;
  return fetch(path, { ...options, headers });
};
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
`;

export const TOKEN_FIELD =
  '<label class="token">Token <input id="token" type="password" autocomplete="off" placeholder="only when the service has one"></label>';
