// The script of the reference page. It reads /openapi.json, so that the page can never say anything else than the document.

export const DOCS_SCRIPT = `
const nameOf = (reference) => reference.split('/').at(-1);
const typeOf = (schema) => {
  if (schema === undefined || Object.keys(schema).length === 0) return 'any';
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return union.map(typeOf).join(' | ');
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (schema.type === 'array') return 'list of ' + typeOf(schema.items);
  if (schema.type === 'object' && schema.additionalProperties) return 'map of ' + typeOf(schema.additionalProperties);
  return [schema.type].flat().join(' | ') + (schema.format ? ' (' + schema.format + ')' : '');
};
const code = (text) => element('code', { textContent: text });
const rowOf = (name, schema, isRequired, description) => element('tr', {}, element('td', {}, code(name), isRequired ? ' *' : ''),
  element('td', { textContent: typeOf(schema) }), element('td', { textContent: description ?? schema?.description ?? '' }));
const tableOf = (rows) => element('table', {}, element('tbody', {}, ...rows));

const formOf = (method, path, operation) => {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const input = element('input', { placeholder: String(parameter.schema?.example ?? '') });
    return { parameter, input };
  });
  const content = operation.requestBody?.content ?? {};
  const mediaTypes = Object.keys(content);
  const mediaType = element('select', {}, ...mediaTypes.map((type) => element('option', { textContent: type })));
  const body = element('textarea', { rows: 6, placeholder: 'body' });
  const answer = element('pre', { className: 'answer', hidden: true });
  const stop = element('button', { type: 'button', textContent: 'Stop', hidden: true });
  const field = (label, ...children) => element('label', { className: 'field' }, element('span', {}, ...label), element('span', {}, ...children));
  const form = element('form', {}, ...inputs.map(({ parameter, input }) => field([code(parameter.name), parameter.required ? ' *' : ''], input)),
    ...(mediaTypes.length === 0 ? [] : [field(['body'], mediaType, body)]), element('button', { textContent: 'Send' }), ' ', stop, answer);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    for (const { parameter, input } of inputs) {
      if (parameter.in === 'path') target = target.replace('{' + parameter.name + '}', encodeURIComponent(input.value));
      else if (parameter.in === 'query' && input.value !== '') query.set(parameter.name, input.value);
    }
    const abort = new AbortController();
    stop.hidden = false;
    stop.onclick = () => abort.abort();
    answer.hidden = false;
    answer.textContent = '';
    try {
      const hasBody = mediaTypes.length > 0 && body.value !== '';
      const options = { method: method.toUpperCase(), signal: abort.signal, ...(hasBody ? { body: body.value, headers: { 'Content-Type': mediaType.value } } : {}) };
      const response = await call('.' + target + (query.size > 0 ? '?' + query : ''), options);
      answer.textContent = response.status + ' ' + response.statusText + '\\n\\n';
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      if (isJson) answer.textContent += JSON.stringify(await response.json(), null, 2);
      else await showStream(response, answer);
    } catch (error) { answer.textContent += '\\n' + error.message; }
    stop.hidden = true;
  });
  return form;
};
const SHOWN_MAX = 200000;
const showStream = async (response, answer) => {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    answer.textContent = (answer.textContent + value).slice(-SHOWN_MAX);
  }
};

const operationOf = (method, path, operation) => {
  const parameters = (operation.parameters ?? []).map((parameter) =>
    rowOf(parameter.name + ' (' + parameter.in + ')', parameter.schema, parameter.required, parameter.description));
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) =>
    rowOf(type, media.schema, operation.requestBody.required, operation.requestBody.description));
  const answers = Object.entries(operation.responses).map(([status, response]) =>
    element('tr', {}, element('td', {}, code(status)), element('td', { textContent: Object.values(response.content ?? {}).map((media) => typeOf(media.schema)).join(', ') }),
      element('td', { textContent: response.description })));
  return element('details', { id: operation.operationId },
    element('summary', {}, element('span', { className: 'method', textContent: method.toUpperCase() }), code(path), ' ', element('span', { className: 'muted', textContent: operation.summary })),
    element('p', { textContent: operation.description ?? '' }),
    ...(parameters.length === 0 ? [] : [element('h4', { textContent: 'Parameters' }), tableOf(parameters)]),
    ...(bodies.length === 0 ? [] : [element('h4', { textContent: 'Body' }), tableOf(bodies)]),
    element('h4', { textContent: 'Answers' }), tableOf(answers),
    element('h4', { textContent: 'Try it' }), formOf(method, path, operation));
};
const schemaOf = (name, schema) => element('details', { id: 'schema-' + name }, element('summary', {}, code(name)),
  element('p', { textContent: schema.description ?? '' }),
  tableOf(Object.entries(schema.properties ?? {}).map(([key, value]) => rowOf(key, value, schema.required?.includes(key)))));

const operations = document.querySelector('#operations');
fetch('openapi.json').then((response) => response.json()).then((api) => {
  document.querySelector('#description').textContent = api.info.description;
  operations.replaceChildren(...api.tags.flatMap(({ name }) => [
    element('h2', { textContent: name }),
    ...Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(name)).map(([method, operation]) => operationOf(method, path, operation))),
  ]));
  document.querySelector('#schemas').replaceChildren(...Object.entries(api.components.schemas).map(([name, schema]) => schemaOf(name, schema)));
}).catch((error) => { operations.textContent = error.message; });
`;
