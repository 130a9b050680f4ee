// The official JavaScript client plays the main job; prints what it saw as one JSON object.
import { answerOf, must, say, signIn } from './client.mjs'

const client = await signIn()
const queued = must(
  await client.functions.invoke('queue-job', {
    body: { job_type: 'sdxl_image_fast', prompt: 'a red circle on a blue background', steps: 2, num_images: 3 },
  })
)

let job
do {
  job = must(await client.from('jobs').select('status, progress').eq('id', queued.jobId).single())
  await new Promise((resolve) => setTimeout(resolve, 100))
} while (job.status === 'queued' || job.status === 'processing')

const assets = must(await client.from('workspace_assets').select('*').eq('job_id', queued.jobId).order('asset_index'))
const bucket = client.storage.from('workspace-temp')
const files = []
for (const asset of assets) {
  const blob = must(await bucket.download(asset.temp_storage_path))
  files.push({ index: asset.asset_index, bytes: blob.size, stated: asset.file_size_bytes, type: blob.type })
}
const signed = must(await bucket.createSignedUrls(assets.map((asset) => asset.temp_storage_path), 60))
const reached = await Promise.all(signed.map(async ({ signedUrl }) => (await fetch(signedUrl)).status))
const refused = await client.functions.invoke('queue-job', { body: { job_type: 'sdxl_image_fast', prompt: '' } })

say({ status: job.status, files, reached, error: await answerOf(refused) })
