/** What a visitor has answered at a stop: indices of answers, in the order of the presses. */

/** Among them: the visitor wanted to be told. */
export const GIVEN_UP = -1;
