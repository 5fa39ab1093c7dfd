package dev.retort.cli;

import dev.retort.data.LabelledSamples;
import dev.retort.data.PrivateTable;
import dev.retort.data.StoredSamples;
import dev.retort.data.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * What a simulation plays with.
 *
 * @param records all sites' private records together
 * @param transfer the public samples
 * @param transferLabels the public samples' labels, which only the simulation knows; null if nobody does
 * @param test the records that score the student
 * @param schema the public description of the columns; null for images
 */
record SimulationData(
    PrivateTable records,
    StoredSamples transfer,
    @Nullable LabelledSamples transferLabels,
    LabelledSamples test,
    @Nullable TableSchema schema) {}
