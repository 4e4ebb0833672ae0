package io.overlaybd.service;

import io.overlaybd.config.LayerSpec;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.core.index.MergedIndex;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the layers of one image, several at a time, and stacks them: all or none. Every layer is tried, so that one run
 * tells all that is wrong. Thread-confined.
 */
final class StackOpener {

    private static final Logger LOG = LoggerFactory.getLogger(StackOpener.class);

    /** Opening waits for disks and networks, not for cores. */
    private static final int MAX_THREADS = 32;

    private static final int MAX_LINES = 20;

    private record Failure(int number, LayerException cause) {
        String line() {
            return "layer " + number + ": " + cause.getMessage();
        }
    }

    private final String image;
    private final IntFunction<LayerOpener> openers;
    private final List<SealedLayer> layers = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    StackOpener(String image, IntFunction<LayerOpener> openers) {
        this.image = image;
        this.openers = openers;
    }

    /** Opens all layers, bottom first; of none, which only an upper makes an image, the stack is {@link LayerStack#NONE}. */
    LayerStack open(List<LayerSpec> specs) throws IOException {
        if (specs.isEmpty()) {
            return LayerStack.NONE;
        }
        if (specs.size() > MergedIndex.MAX_LAYERS) {
            throw new IOException(
                    image + ": lowers: expected at most " + MergedIndex.MAX_LAYERS + ", found " + specs.size());
        }
        boolean done = false;
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(MAX_THREADS, specs.size()), work -> new Thread(work, "obd-open"));
        try {
            List<Future<SealedLayer>> opening = IntStream.range(0, specs.size())
                    .mapToObj(i -> threads.submit(() -> openers.apply(i).open(specs.get(i))))
                    .toList();
            collect(opening);
            if (!failures.isEmpty()) {
                throw failure(specs.size());
            }
            LayerStack stack = LayerStack.of(layers);
            done = true;
            return stack;
        } finally {
            threads.shutdown();
            if (!done) {
                closeAll();
            }
        }
    }

    /** Waits for every layer, even after an interruption or a bug: what is opened must get closed. */
    private void collect(List<Future<SealedLayer>> opening) throws IOException {
        boolean interrupted = false;
        Throwable bug = null;
        for (int i = 0; i < opening.size(); ) {
            try {
                layers.add(opening.get(i).get());
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof LayerException layer) {
                    failures.add(new Failure(i, layer));
                } else {
                    bug = e.getCause();
                }
                i++;
            }
        }
        if (bug != null) {
            throw new IllegalStateException(image + ": cannot open layers", bug);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(image + ": interrupted while opening layers");
        }
    }

    private StackException failure(int layerCount) {
        StringBuilder message = new StringBuilder(image).append(": ");
        if (failures.size() == 1) {
            message.append(failures.get(0).line());
        } else {
            message.append(failures.size() + " of " + layerCount + " layers cannot be opened:");
            failures.stream()
                    .limit(MAX_LINES)
                    .forEach(f -> message.append("\n  ").append(f.line()));
            message.append(failures.size() > MAX_LINES ? "\n  and more" : "");
        }
        Failure first = failures.get(0);
        String others = failures.size() == 1 ? "" : "; nor can " + (failures.size() - 1) + " other layers, see the log";
        StackException failure =
                new StackException(message.toString(), first.cause().result(first.number()) + others, first.cause());
        failures.stream().skip(1).forEach(f -> failure.addSuppressed(f.cause()));
        return failure;
    }

    /** After a failure, which is what the caller has to know of. */
    private void closeAll() {
        for (SealedLayer layer : layers) {
            try {
                layer.close();
            } catch (IOException e) {
                LOG.warn("{}: cannot close {}", image, layer.name(), e);
            }
        }
    }
}
