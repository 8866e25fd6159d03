// A promise rejection that nobody handles; the error has a cause and a code.
'use strict';

class PaymentError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'PaymentError';
    this.code = 'E_PAYMENT';
  }
}

async function connect() {
  throw new Error('connect ECONNREFUSED 127.0.0.1:9');
}

async function charge(orderId) {
  try {
    await connect();
  } catch (cause) {
    throw new PaymentError(`order ${orderId} not charged`, { cause });
  }
}

console.log('shop-worker starts');
charge(17);
