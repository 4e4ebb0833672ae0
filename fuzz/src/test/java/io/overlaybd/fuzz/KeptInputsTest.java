package io.overlaybd.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Replays the inputs that were kept: seeds, and what reached new code or once was a finding. */
@Timeout(60)
class KeptInputsTest {

    private static final Path CORPUS = Path.of("corpus");

    private static final Map<String, Consumer<byte[]>> TARGETS = new TreeMap<>(Map.of(
            "TarWrapperFuzz", TarWrapperFuzz::fuzzerTestOneInput,
            "ZFileFuzz", ZFileFuzz::fuzzerTestOneInput,
            "SealedLayerFuzz", SealedLayerFuzz::fuzzerTestOneInput,
            "ConfigFuzz", ConfigFuzz::fuzzerTestOneInput,
            "NbdFuzz", NbdFuzz::fuzzerTestOneInput,
            "TraceFuzz", TraceFuzz::fuzzerTestOneInput));

    @TestFactory
    Stream<DynamicTest> passEveryTarget() throws IOException {
        Stream.Builder<DynamicTest> tests = Stream.builder();
        for (Map.Entry<String, Consumer<byte[]>> target : TARGETS.entrySet()) {
            for (Path input : inputs(target.getKey())) {
                tests.add(DynamicTest.dynamicTest(
                        target.getKey() + "/" + input.getFileName(),
                        () -> target.getValue().accept(Files.readAllBytes(input))));
            }
        }
        return tests.build();
    }

    private static List<Path> inputs(String target) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyTargetIsReplayed() throws IOException {
        try (Stream<Path> folders = Files.list(CORPUS)) {
            assertEquals(
                    List.copyOf(TARGETS.keySet()),
                    folders.map(folder -> folder.getFileName().toString())
                            .sorted()
                            .toList());
        }
    }
}
