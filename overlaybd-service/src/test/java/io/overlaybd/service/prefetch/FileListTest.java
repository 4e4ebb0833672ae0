package io.overlaybd.service.prefetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListTest {

    private static List<String> parse(String text) {
        return FileList.parse(text.getBytes(StandardCharsets.ISO_8859_1)).paths();
    }

    @Test
    void linesArePathsWithoutTheSpacesAroundThem() {
        assertEquals(List.of("/usr/bin/x", "a/", "b-1._c"), parse("/usr/bin/x\n  a/ \n\nb-1._c"));
    }

    @Test
    void namesMayHaveAnyCharactersButThoseOfTerminals() {
        assertEquals(
                List.of("/lib/libstdc++.so.6", "a b", "\u00C3\u00A4"),
                parse("/lib/libstdc++.so.6\na b\n\u00C3\u00A4\n"));
        assertEquals(List.of(), parse("a\tb\na//b\n\u0000\nx\r\n//\n"));
    }

    @Test
    void deepestPathIsAPath() {
        String deep = "a/".repeat(FileList.MAX_BYTES / 2);
        assertEquals(List.of(deep), parse(deep));
    }

    @Test
    void longListIsNone(@TempDir Path folder) throws IOException {
        Path list = Files.write(folder.resolve("list"), new byte[FileList.MAX_BYTES + 1]);
        assertThrows(IOException.class, () -> FileList.read(list));
    }
}
