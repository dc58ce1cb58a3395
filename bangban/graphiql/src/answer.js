// A lost connection says nothing of what was done: the same key finds out.
export const LOST = {
  errors: [
    {
      message:
        'The API did not answer; whether it did what you asked is not known. Run it again: with the same idempotencyKey nothing happens twice.',
      extensions: { code: 'NO_ANSWER', messageZh: '服务未应答,操作是否完成未知。请以相同的幂等键重新执行,不会重复办理。' },
    },
  ],
};

// Give what a request was answered, or say that nobody answered; a request that was called off stays so.
export async function answerOf(asking) {
  try {
    return await asking();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return Response.json(LOST);
  }
}
