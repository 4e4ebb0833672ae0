package io.overlaybd.registry.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/**
 * JSON as the other tools of the field write it, byte for byte: compact, and with {@code <}, {@code >}, {@code &}, U+2028 and
 * U+2029 escaped in strings. Read are only documents of a bounded size and number of values, since each value costs heap.
 */
public final class Json {

    /** The longest document that is read, in bytes; what registries store at most. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_TOKENS = 100_000;
    private static final int MAX_DEPTH = 64;
    private static final ObjectMapper MAPPER = JsonMapper.builder(new JsonFactoryBuilder()
                    .characterEscapes(new HtmlSafe())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    /** The shared mapper, which nobody may configure. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads a document.
     *
     * @param what the document, for messages
     * @throws IOException if it is too long or not what it must be
     */
    public static <T> T read(String what, byte[] json, Class<T> type) throws IOException {
        if (json.length > MAX_BYTES) {
            throw new IOException(what + ": expected at most " + MAX_BYTES + " bytes, found " + json.length);
        }
        try {
            countTokens(what, json);
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IOException(what + ": expected an object, found null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IOException(
                    what + ": " + e.getOriginalMessage() + " at "
                            + (e.getLocation() == null
                                    ? "its end"
                                    : "line " + e.getLocation().getLineNr() + " column "
                                            + e.getLocation().getColumnNr()),
                    e);
        }
    }

    /** Reads a document of any kind. */
    public static JsonNode tree(String what, byte[] json) throws IOException {
        return read(what, json, JsonNode.class);
    }

    private static void countTokens(String what, byte[] json) throws IOException {
        try (JsonParser parser = MAPPER.createParser(json)) {
            for (int tokens = 0; parser.nextToken() != null; tokens++) {
                if (tokens == MAX_TOKENS) {
                    throw new IOException(what + ": expected at most " + MAX_TOKENS + " values, found more");
                }
            }
        }
    }

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Escapes what would mean something in HTML, and writes hex digits in lower case. */
    private static final class HtmlSafe extends CharacterEscapes {

        private static final long serialVersionUID = 1L;

        private final int[] ascii = standardAsciiEscapesForJSON();

        HtmlSafe() {
            for (char c = 0; c < ' '; c++) {
                if (ascii[c] < 0) {
                    ascii[c] = ESCAPE_CUSTOM;
                }
            }
            ascii['<'] = ESCAPE_CUSTOM;
            ascii['>'] = ESCAPE_CUSTOM;
            ascii['&'] = ESCAPE_CUSTOM;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public SerializableString getEscapeSequence(int ch) {
            boolean needed = ch < ascii.length ? ascii[ch] == ESCAPE_CUSTOM : ch == 0x2028 || ch == 0x2029;
            return needed ? new SerializedString(String.format("\\u%04x", ch)) : null;
        }
    }
}
