/**
 * Manual pages and shell completion, made of the definitions of the commands when the product is built.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.manual.Manual}, the program that writes them into a folder; {@link
 * io.overlaybd.manual.ManualPage}, a command as a page; {@link io.overlaybd.manual.Roff}, the language of pages; {@link
 * io.overlaybd.manual.Commands}, which commands there are.
 *
 * <p><b>What it may import.</b> The commands, and picocli. Nobody imports it, and it is not packaged.
 *
 * <p><b>Where to start.</b> {@link io.overlaybd.manual.Commands}, for a new command; one of its subcommands comes by itself.
 */
package io.overlaybd.manual;
