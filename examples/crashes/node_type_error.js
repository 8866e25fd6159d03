// An uncaught TypeError: Node prints the source line, a caret and the stack.
'use strict';

function totalOf(order) {
  return order.lines.reduce((sum, line) => sum + line.cents, 0);
}

function handle(request) {
  return totalOf(request.order);
}

console.log('shop-worker starts');
handle({ order: {} });
