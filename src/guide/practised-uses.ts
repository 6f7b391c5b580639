import { type Case } from './example.js';

const json = { 'Content-Type': 'application/json' };
const jpeg = { 'Content-Type': 'image/jpeg' };

/** What POST is for in practice: the notes of jacgit18 on creating resources, controllers and asynchronous tasks. */
export const practisedUses: readonly Case[] = [
  {
    id: 'create',
    title: 'Create, unless it exists',
    source:
      'Ensures creation unless it exists; fails if the resource already exists. If conflicting create operations occur ' +
      'simultaneously, at least one must fail.',
    steps: [
      { operation: 'createImage', path: '/images?name=cover', status: 201, headers: jpeg, file: 'photo.jpg' },
      { operation: 'createImage', path: '/images?name=cover', status: 409, headers: jpeg, file: 'another.jpg' },
    ],
  },
  {
    id: 'controller',
    title: 'Modify by a controller resource',
    source: 'Modify resources via a controller resource.',
    steps: [{ operation: 'cancelTask', path: '/images/tasks/{task}/cancel', status: 200 }],
  },
  {
    id: 'large-query',
    title: 'A large query',
    source: 'Run queries with large inputs.',
    steps: [
      { operation: 'searchImages', path: '/images/search', status: 200, headers: json, data: '{"ids":["{image}"]}' },
      { operation: 'queryImages', path: '/images', status: 200, headers: json, data: '{"ids":["{image}"]}' },
    ],
  },
  {
    id: 'unsafe',
    title: 'Unsafe or not idempotent',
    source: 'Perform unsafe or nonidempotent operations when other HTTP methods are not suitable.',
    steps: [
      { operation: 'cancelTask', path: '/images/tasks/{task}/cancel', status: 200 },
      {
        operation: 'retryTask',
        path: '/images/tasks/{task}/retry',
        status: 202,
        headers: { 'Idempotency-Key': '"9b1d"' },
      },
      {
        operation: 'retryTask',
        path: '/images/tasks/{task}/retry',
        status: 202,
        headers: { 'Idempotency-Key': '"9b1d"' },
      },
    ],
  },
  {
    id: 'asynchronous',
    title: 'An asynchronous task',
    source:
      'Create a new resource and respond with 202 (Accepted). GET: 200 while the task is still processing; 303 (See Other) ' +
      'with a Location on successful completion.',
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        form: { task: '{"operations":[{"operation":"grayscale"}]}', image: '@photo.jpg' },
        keep: 'asked',
      },
      { operation: 'getTask', path: '/images/tasks/{asked}', status: 200 },
      { operation: 'getTask', path: '/images/tasks/{asked}', status: 303, whenDone: true },
    ],
  },
  {
    id: 'failed',
    title: 'An asynchronous task that fails',
    source:
      'In case of task failure, return 200 (OK) along with a representation of the task resource indicating failure.',
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        headers: { Accept: 'application/xml' },
        form: { task: '<task><operations><flip/></operations></task>', image: '@broken.jpg' },
        keep: 'asked',
      },
      {
        operation: 'getTask',
        path: '/images/tasks/{asked}',
        status: 200,
        headers: { Accept: 'application/xml' },
        whenDone: true,
      },
    ],
  },
  {
    id: 'resend',
    title: 'A function with a URI',
    source: 'POST /alerts/245743/resend: triggering a controller operation, akin to "PostMessage".',
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        headers: json,
        data: '{"image":"/images/{image}","operations":[{"operation":"flip"}],"callback":{"url":"{receiver}/told"}}',
        keep: 'asked',
      },
      { operation: 'listAlerts', path: '/alerts?task={asked}', status: 200, whenDone: true, keep: 'alert' },
      { operation: 'resendAlert', path: '/alerts/{alert}/resend', status: 202 },
    ],
  },
];
