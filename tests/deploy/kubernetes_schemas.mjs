// Reads a JSON list of Kubernetes documents from stdin and prints what the published schemas do not allow,
// one line each. The schemas are npm packages in the folder named by the first argument.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const OPERATOR = "monitoring.coreos.com/v1";

async function problems(document) {
  const { apiVersion, kind } = document;
  const library = apiVersion === OPERATOR ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const models = await import(join(process.argv[2], "node_modules", library, apiVersion, "index.js"));
  try {
    new models[kind](document).validate();
    return [];
  } catch (error) {
    if (!error.errors) throw error;
    return error.errors.map((each) => `${kind}${each.instancePath}: ${each.message}`);
  }
}

for (const document of JSON.parse(readFileSync(0, "utf8"))) {
  for (const line of await problems(document)) console.log(line);
}
