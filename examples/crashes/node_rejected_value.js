// A rejection with a value that is no Error: no stack of the program, a long message of Node's.
'use strict';

console.log('shop-worker starts');
Promise.reject('payment provider unavailable');
