/**
 * Configuration files: JSON in, records out, every problem of a file reported at once.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.config.ConfigReader} turns a file into a value and collects problems
 * and warnings; {@link io.overlaybd.config.ConfigObject} is what a record's factory asks for its fields; {@link
 * io.overlaybd.config.ImageConfig} is the file of one device, with {@link io.overlaybd.config.LayerSpec} for a layer.
 *
 * <p><b>What it may import.</b> Jackson's streaming parser. Nothing of ours.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.config.ImageConfig#read}. A new key is one line in the factory of the
 * record that holds it.
 */
package io.overlaybd.config;
