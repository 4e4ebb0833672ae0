package io.overlaybd.kerneltests;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepsTest {

    private static final int LAST = 21;

    @TempDir
    private Path folder;

    private Steps steps;

    @BeforeEach
    void perform() throws IOException {
        steps = new Steps(folder);
        for (int step = 0; step <= LAST; step++) {
            steps.perform(step);
        }
    }

    private void isWrong(int done) {
        assertThrows(IOException.class, () -> steps.check(done));
    }

    @Test
    void eachStepLeavesWhatIsExpectedOfItAndOfTheOneBefore() throws IOException {
        for (int step = LAST + 1; step < LAST + 20; step++) {
            steps.check(step - 1);
            steps.perform(step);
            steps.check(step - 1);
            steps.check(step);
        }
    }

    @Test
    void whatIsTwoStepsAheadIsWrong() throws IOException {
        for (int step = LAST + 1; step < LAST + 5; step++) {
            steps.perform(step);
        }
        isWrong(LAST);
    }

    @Test
    void oneWrongByteOfAFileIsSeen() throws IOException {
        for (String name : new String[] {"file21", "current", "pages"}) {
            byte[] content = Files.readAllBytes(folder.resolve(name));
            content[content.length / 2] ^= 1;
            Files.write(folder.resolve(name), content);
            isWrong(LAST);
            content[content.length / 2] ^= 1;
            Files.write(folder.resolve(name), content);
            steps.check(LAST);
        }
    }

    @Test
    void missingFileAndOneThatCameBackAreSeen() throws IOException {
        Files.writeString(folder.resolve("file1"), "was removed in step 8");
        isWrong(LAST);
        Files.delete(folder.resolve("file1"));
        steps.check(LAST);
        assertTrue(Files.deleteIfExists(folder.resolve("file21")));
        isWrong(LAST);
    }

    @Test
    void sectorsOfAnOlderStepAreSeen() throws IOException {
        Files.delete(folder.resolve("pages"));
        steps.perform(0);
        isWrong(LAST);
    }
}
