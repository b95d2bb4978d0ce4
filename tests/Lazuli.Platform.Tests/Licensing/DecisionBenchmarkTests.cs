using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class DecisionBenchmarkTests
{
    [Fact]
    public void A_decision_that_allows_allocates_nothing()
    {
        DecisionTiming timing = DecisionBenchmark.Measure(links: 5, otherChains: 20, decisionsPerWindow: 100);
        Assert.Equal(0, timing.Allowed.AllocatedBytes);
        Assert.True(timing.Refused.Nanoseconds > 0);
    }
}
