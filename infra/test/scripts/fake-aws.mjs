#!/usr/bin/env node
// Stands in for the AWS CLI: answers from the file FAKE_AWS, applies --query, and notes each call that changes something.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const jmespath = createRequire(process.env.FAKE_AWS_MODULES)('jmespath');
const [service, command, ...rest] = process.argv.slice(2);
const option = (name) => {
  const at = rest.indexOf(`--${name}`);
  if (at < 0) return [];
  const end = rest.findIndex((word, index) => index > at && word.startsWith('--'));
  return rest.slice(at + 1, end < 0 ? undefined : end);
};
const state = JSON.parse(readFileSync(process.env.FAKE_AWS, 'utf8'));
const save = () => writeFileSync(process.env.FAKE_AWS, JSON.stringify(state));
const note = () => appendFileSync(`${process.env.FAKE_AWS}.calls`, `${service} ${command} ${rest.join(' ')}\n`);

const answers = {
  'ecs list-service-deployments': () => ({
    serviceDeployments: state.deployments.filter(({ status }) => option('status').includes(status)),
  }),
  'ecs describe-service-deployments': () => {
    const deployment = state.deployments.find((each) => each.serviceDeploymentArn === option('service-deployment-arns')[0]);
    if (deployment.next?.length > 0) {
      deployment.status = deployment.next.shift();
      save();
    }
    return { serviceDeployments: [deployment] };
  },
  'ecs describe-service-revisions': () => ({
    serviceRevisions: [{ taskDefinition: state.revisions[option('service-revision-arns')[0]] }],
  }),
  'ecs describe-services': () => ({ services: state.inUse ? [{ taskDefinition: state.inUse }] : [] }),
  'ecs describe-task-definition': () => ({
    taskDefinition: { containerDefinitions: [{ name: 'log-router', image: 'x' }, { name: 'app', image: state.images[option('task-definition')[0]] }] },
  }),
  'ecs stop-service-deployment': () => {
    note();
    state.deployments.find((each) => each.serviceDeploymentArn === option('service-deployment-arn')[0]).status = 'ROLLBACK_REQUESTED';
    save();
    return {};
  },
  'ecs update-service': () => {
    note();
    if (!state.breaks) state.inUse = option('task-definition')[0];
    save();
    return { service: { serviceArn: 'arn' } };
  },
  'ecs wait': () => ({}),
  'ssm put-parameter': () => {
    note();
    return { Version: 2 };
  },
};
const answer = answers[`${service} ${command}`];
if (!answer) {
  console.error(`fake aws: no answer to ${service} ${command}`);
  process.exit(252);
}
const [query] = option('query');
const result = query ? jmespath.search(answer(), query) : answer();
const cell = (value) => (value === null || value === undefined ? 'None' : String(value));
const rows = Array.isArray(result) ? result : [result];
for (const row of rows) {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) continue;
  console.log(Array.isArray(row) ? row.map(cell).join('\t') : cell(row));
}
