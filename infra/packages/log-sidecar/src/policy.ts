/** The rights of the task's role that the router needs: exact resources, nothing more. */
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { SidecarSpec } from './spec.ts';

export function statementsFor(spec: SidecarSpec, stack: Stack): PolicyStatement[] {
  const objects = [spec.archive.bucket, spec.archive.prefix].filter((part) => part !== '').join('/');
  const group = stack.formatArn({ service: 'logs', resource: `log-group:${spec.errors.logGroup}` });
  const statements = [
    new PolicyStatement({
      sid: 'Archive',
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', ...(spec.tagsObjects ? ['s3:PutObjectTagging'] : [])],
      resources: [`arn:${stack.partition}:s3:::${objects}/*`],
    }),
    new PolicyStatement({
      sid: 'Errors',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${group}:*`],
    }),
  ];
  if (spec.errors.createGroup) {
    statements.push(
      new PolicyStatement({
        sid: 'LogGroupIfItIsNotThere',
        actions: ['logs:CreateLogGroup', ...(spec.errors.retentionDays === undefined ? [] : ['logs:PutRetentionPolicy'])],
        resources: [group, `${group}:*`],
      }),
    );
  }
  if (spec.kmsKeyArn !== undefined) {
    statements.push(
      new PolicyStatement({
        sid: 'Key',
        // Uploads in parts read back what is encrypted, so Decrypt too.
        actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
        resources: [spec.kmsKeyArn],
      }),
    );
  }
  return statements;
}
