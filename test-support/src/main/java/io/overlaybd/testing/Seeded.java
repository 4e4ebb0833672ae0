package io.overlaybd.testing;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives a test its {@link Random}. The seed is new in each run, stands in the failure, and is taken back with {@code
 * -Doverlaybd.seed=N}.
 */
public final class Seeded implements ParameterResolver, TestExecutionExceptionHandler {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Seeded.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Random.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        long seed = Long.getLong("overlaybd.seed", System.nanoTime());
        context.getStore(NAMESPACE).put("seed", seed);
        return new Random(seed);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        Object seed = context.getStore(NAMESPACE).get("seed");
        if (seed != null) {
            failure.addSuppressed(new AssertionError("to repeat: -Doverlaybd.seed=" + seed));
        }
        throw failure;
    }
}
