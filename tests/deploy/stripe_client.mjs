// A charge a case through the gateway, with Stripe's own library or with fetch; one JSON line each says what came.
// node stripe_client.mjs MODULE_FOLDER sdk|fetch PORT PREFIX CASE...
import { createRequire } from 'node:module';

const [modules, client, port, prefix, ...cases] = process.argv.slice(2);

const Stripe = createRequire(`${modules}/`)('stripe');
const stripe = new Stripe('sk_test_of_this_test', {
  host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false,
});

async function withLibrary(name) {
  try {
    const charge = await stripe.charges.create(
      { amount: 4251, currency: 'usd', source: 'tok_visa', description: name },
      { idempotencyKey: `key-${name}` });
    return { charge: charge.id, request_id: charge.lastResponse.requestId };
  } catch (error) {
    return {
      raised: error.constructor.name, type: error.type, code: error.code,
      decline_code: error.decline_code, param: error.param, message: error.message,
      status: error.statusCode, request_id: error.requestId,
      errgate_code: error.headers?.['errgate-code'],
      errgate_outcome: error.headers?.['errgate-outcome'],
      errgate_retryable: error.headers?.['errgate-retryable'],
    };
  }
}

async function withFetch(name) {
  const answer = await fetch(`http://127.0.0.1:${port}${prefix}/v1/charges`, {
    method: 'POST', body: new URLSearchParams({ amount: '4251', description: name }),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

for (const name of cases) {
  const seen = await (client === 'sdk' ? withLibrary(name) : withFetch(name));
  console.log(JSON.stringify({ case: name, ...seen }));
}
