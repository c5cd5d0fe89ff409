// A new cluster, from a template.

import { useEffect, useState } from 'preact/hooks';
import { BASE } from '../api/base.ts';
import { api, dataOf } from '../api/client.ts';
import { curlOf } from '../api/curl.ts';
import type { Schemas } from '../api/schemas.ts';
import { Command } from '../shell/command-strip.tsx';
import { Dialog } from '../shell/dialog.tsx';
import { attempt, say } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { text } from '../text/text.ts';
import { readExampleTemplates, TEMPLATES, type Template } from './templates.ts';

export function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const [template, setTemplate] = useState<Template>(TEMPLATES[1]);
  const [name, setName] = useState('');
  const [isMended, setMended] = useState(false);
  const [examples, setExamples] = useState<readonly Template[]>([]);
  useEffect(() => {
    // Another choice of the same name takes the place of the one that was chosen.
    const take = (found: readonly Template[]) => {
      setExamples(found);
      setTemplate((before) => found.find(({ id }) => id === before.id) ?? before);
    };
    void attempt(async () => take(await readExampleTemplates(isMended)));
  }, [isMended]);
  const submit = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      const made = await create(name.trim(), template);
      onClose();
      say(text.clusters.created(made));
      go({ cluster: made });
    });
  };
  const body = JSON.stringify(specOf(name.trim(), template));
  return (
    <Dialog title={text.clusters.create} onClose={onClose} isWide>
      <form onSubmit={submit}>
        <fieldset class="gallery">
          <legend>{text.clusters.template}</legend>
          {TEMPLATES.map((one) => (
            <TemplateChoice key={one.id} template={one} isChosen={one.id === template.id} onChoose={() => setTemplate(one)} />
          ))}
        </fieldset>
        <fieldset class="gallery">
          <legend>{text.clusters.examples}</legend>
          {examples.map((one) => (
            <TemplateChoice key={one.id} template={one} isChosen={one.id === template.id} onChoose={() => setTemplate(one)} />
          ))}
          <label class="choice">
            <input type="checkbox" checked={isMended} onChange={(event) => setMended(event.currentTarget.checked)} />
            <span>{text.clusters.mended}</span>
          </label>
        </fieldset>
        <label class="field">
          {text.clusters.name}
          <input
            value={name}
            maxLength={40}
            pattern="[a-z0-9]([\-a-z0-9]*[a-z0-9])?"
            placeholder="demo"
            title={text.clusters.nameHint}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <span class="muted small">{text.clusters.nameHint}</span>
        </label>
        <Command command={curlOf({ method: 'POST', url: `${BASE}/v1/clusters`, body })} />
        <div class="actions">
          <button type="submit" class="primary">
            {text.clusters.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly template: Template;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function TemplateChoice({ template: { id }, isChosen, onChoose }: ChoiceProps) {
  const [title, explanation] = wordsOf(id);
  return (
    <label class="choice">
      <input type="radio" name="template" value={id} checked={isChosen} onChange={onChoose} />
      <span>
        <strong>{title}</strong>
        <span class="muted small">{explanation}</span>
      </span>
    </label>
  );
}

function wordsOf(id: string): readonly [title: string, explanation: string] {
  const words: Readonly<Record<string, readonly [string, string]>> = { ...text.templates, ...text.examples };
  return words[id] ?? [id, ''];
}

function specOf(name: string, { cluster }: Template): Schemas['ClusterSpec'] {
  return { ...cluster, ...(name === '' ? {} : { name }) };
}

async function create(name: string, template: Template): Promise<string> {
  const { manifests, fault } = template;
  const made = await dataOf(api.POST('/v1/clusters', { body: specOf(name, template) }));
  const params = { path: { cluster: made.name } };
  if (manifests !== undefined)
    await dataOf(
      api.POST('/v1/clusters/{cluster}/manifests', {
        params,
        body: manifests as never,
        bodySerializer: () => manifests,
        headers: { 'Content-Type': 'application/yaml' },
      }),
    );
  if (fault !== undefined) await dataOf(api.POST('/v1/clusters/{cluster}/faults', { params, body: fault }));
  return made.name;
}
