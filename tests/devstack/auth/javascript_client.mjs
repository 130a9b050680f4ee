// Drives Auth with the official JavaScript client and prints what it saw: node javascript_client.mjs URL ANON_KEY SERVICE_KEY
import { AuthClient } from "@supabase/auth-js";

const [url, anonKey, serviceKey] = process.argv.slice(2);
const newClient = (key) =>
  new AuthClient({ url, headers: { apikey: key, Authorization: `Bearer ${key}` }, autoRefreshToken: false, persistSession: true });
const failure = ({ error }) => ({ name: error.name, code: error.code, status: error.status, message: error.message, reasons: error.reasons });

const email = `${crypto.randomUUID()}@example.com`;
const password = "correct horse battery";
const client = newClient(anonKey);
const admin = newClient(serviceKey).admin;
const seen = {};

const signedUp = await client.signUp({ email, password, options: { data: { name: "Ünï" } } });
seen.signUp = { email: signedUp.data.user.email === email, session: signedUp.data.session !== null, name: signedUp.data.user.user_metadata.name };
seen.signUpAgain = failure(await newClient(anonKey).signUp({ email, password }));
seen.weakPassword = failure(await newClient(anonKey).signUp({ email: `x${email}`, password: "12345" }));

const signedIn = await client.signInWithPassword({ email, password });
seen.signIn = signedIn.data.user.id === signedUp.data.user.id;
seen.wrongPassword = failure(await newClient(anonKey).signInWithPassword({ email, password: "wrong password" }));

const claims = await client.getClaims();
seen.claims = { sub: claims.data.claims.sub === signedUp.data.user.id, role: claims.data.claims.role, alg: claims.data.header.alg };

const refreshed = await client.refreshSession();
seen.refreshed = refreshed.data.session.refresh_token !== signedIn.data.session.refresh_token;
seen.unknownRefreshToken = failure(await newClient(anonKey).refreshSession({ refresh_token: "unknown" }));

seen.updated = (await client.updateUser({ data: { name: null, size: 1 } })).data.user.user_metadata;
seen.samePassword = failure(await client.updateUser({ password }));

const listed = await admin.listUsers({ page: 1, perPage: 1 });
seen.listed = { users: listed.data.users.length, nextPage: listed.data.nextPage, total: listed.data.total > 1 };
const created = await admin.createUser({ email: `y${email}`, password, email_confirm: true, app_metadata: { plan: "pro" } });
seen.created = created.data.user.app_metadata;
seen.createdAgain = failure(await admin.createUser({ email: `y${email}`, password }));
seen.notAdmin = failure(await newClient(anonKey).admin.listUsers());
seen.deleted = (await admin.deleteUser(created.data.user.id)).error;
seen.notFound = failure(await admin.getUserById(created.data.user.id));

const token = refreshed.data.session.access_token;
seen.signedOut = (await client.signOut()).error;
seen.afterSignOut = failure(await newClient(anonKey).getUser(token));

console.log(JSON.stringify(seen));
