import { describe, expect, test } from 'vitest';
import { decodeMetadata, encodeMetadata, metadataLimit, stepsThatFit } from '../../src/run/metadata';

const progress = {
  owner: 'me',
  fingerprint: 'f',
  founders: 2,
  watermark: 70,
  steps: [{ offset: 12, watermark: 90 }],
  ackedThrough: 11,
  out: 60,
};

test('what a commit carries is written like this', () => {
  expect(encodeMetadata(10, progress)).toBe('millrace/1 ["me","f",2,70,60,1,[[2,90]]]');
});

test('what an earlier release has written is read', () => {
  expect(decodeMetadata(10, 'millrace/1 ["me","f",2,70,60,1,[[2,90]]]')).toEqual(progress);
});

test('a commit without metadata has none to give', () => {
  expect(decodeMetadata(10, '')).toBeUndefined();
  expect(decodeMetadata(10, null)).toBeUndefined();
});

describe('metadata is not ours', () => {
  test.each([
    'another program',
    'millrace/2 ["me","f",2,70,60,1,[[2,90]]]',
    'millrace/1',
    'millrace/1 ',
    'millrace/1 {',
    'millrace/1 {"owner":"me"}',
    'millrace/1 "text"',
    'millrace/1 null',
    'millrace/1 []',
    'millrace/1 [1,"f",2,70,60,1,[]]',
    'millrace/1 ["me",null,2,70,60,1,[]]',
    'millrace/1 ["me","f","2",70,60,1,[]]',
    'millrace/1 ["me","f",2,"70",60,1,[]]',
    'millrace/1 ["me","f",2,70,true,1,[]]',
    'millrace/1 ["me","f",2,70,60,null,[]]',
    'millrace/1 ["me","f",2,70,60,1]',
    'millrace/1 ["me","f",2,70,60,1,[[2]]]',
    'millrace/1 ["me","f",2,70,60,1,[["2",90]]]',
    'millrace/1 ["me","f",2,70,60,1,[[2,90,1]]]',
  ])('%s', (text) => {
    expect(decodeMetadata(10, text)).toBe('unreadable');
  });
});

test.each(['f', '€'.repeat(500), 'x'.repeat(600)])(
  'as many steps as are said to fit do fit into what Kafka takes, with the fingerprint %j',
  (fingerprint) => {
    const far = Number.MAX_SAFE_INTEGER;
    const steps = Array.from({ length: stepsThatFit(fingerprint) }, () => ({ offset: far, watermark: -far }));
    const longest = { owner: 'x'.repeat(8), fingerprint, founders: far, watermark: -far, steps, ackedThrough: far, out: -far };
    expect(metadataLimit).toBe(4_096);
    expect(new TextEncoder().encode(encodeMetadata(0, longest)).length).toBeLessThanOrEqual(metadataLimit);
  },
);
