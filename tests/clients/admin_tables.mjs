// Arranges templates and negative prompts, and saves the configuration, as the admin pages do: node admin_tables.mjs NAME
import { codeOf, must, say, signIn } from './client.mjs'

const client = await signIn()
const name = process.argv[2]
const from = (table) => client.from(table)

// An insert, then the update and the delete of its row; of whatever row there is where the insert was refused.
async function arrange(table, row, change) {
  const inserted = await from(table).insert(row).select().maybeSingle()
  const id = inserted.data?.id
  const own = (query) => (id ? query.eq('id', id) : query.not('id', 'is', null))
  const listed = must(await from(table).select('*').order('created_at', { ascending: false }))
  const updated = must(await own(from(table).update(change)).select())
  const toggled = must(await own(from(table).update({ is_active: false })).select('is_active'))
  const deleted = must(await own(from(table).delete()).select('id'))
  return {
    refused: codeOf(inserted),
    inserted: inserted.data,
    listed: listed.map((one) => one.id),
    updated,
    toggled,
    deleted: deleted.length,
  }
}

const template = {
  template_name: name,
  enhancer_model: 'qwen_instruct',
  use_case: 'enhancement',
  job_type: 'image',
  target_model: 'sdxl',
  content_mode: 'sfw',
  system_prompt: 'Make the prompt better.',
  token_limit: 75,
  is_active: true,
  description: 'A test',
  comment: null,
  metadata: {},
}
const negative = {
  model_type: 'sdxl',
  content_mode: 'sfw',
  negative_prompt: name,
  priority: 1,
  priority_group: 3,
  is_active: true,
  description: null,
}

const config = await from('system_config').select('config').eq('id', 1).maybeSingle()
say({
  templates: await arrange('prompt_templates', template, { system_prompt: 'Make it much better.' }),
  negatives: await arrange('negative_prompts', negative, { priority: 9 }),
  config: must(config)?.config ?? null,
  deleteJobs: codeOf(await from('jobs').delete().eq('status', 'failed')),
  saveConfig: codeOf(await from('system_config').upsert({ id: 1, config: { workerUrl: 'https://mine.test' } })),
})
