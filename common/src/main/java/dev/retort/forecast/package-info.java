/** What a study would spend and how noisy its labels would be, from its plan alone, before anybody trains anything. */
@NullMarked
package dev.retort.forecast;

import org.jspecify.annotations.NullMarked;
