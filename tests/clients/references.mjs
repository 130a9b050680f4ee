// Uploads a picture, draws by it, lists and deletes it: node references.mjs PICTURE JOB, the picture in Base64.
import { answerOf, say, signIn } from './client.mjs'

const client = await signIn()
const picture = Buffer.from(process.argv[2], 'base64')
const job = JSON.parse(process.argv[3])
const call = async (name, options) => answerOf(await client.functions.invoke(name, options))

function form(content, type) {
  const form = new FormData()
  form.append('file', new File([content], 'mine.png', { type }))
  form.append('reference_type', 'character')
  form.append('name', 'Mine')
  return form
}

const uploaded = await call('upload-reference', { body: form(picture, 'image/png') })
const again = await call('upload-reference', { body: form(picture, 'image/png') })
const shown = await fetch(uploaded.url)
const submitted = await call('queue-job', { body: { ...job, reference_image_url: uploaded.reference_image_url } })
const listed = await call('reference-images?limit=10', { method: 'GET' })
const posted = await call('reference-images', { body: { limit: 10 } })
const [{ name }] = listed.references
const noPicture = await call('upload-reference', { body: form('a text', 'image/png') })
const noForm = await call('upload-reference', { body: { file: 'mine.png' } })
const removed = await call(`reference-images/${name}`, { method: 'DELETE' })
const removedAgain = await call(`reference-images/${name}`, { method: 'DELETE' })

say({
  uploaded,
  again,
  shown: [shown.status, shown.headers.get('content-type')],
  submitted,
  listed,
  posted,
  removed,
  refused: { noPicture, noForm, removedAgain },
})
