using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class ServingUseStoreTests : IDisposable
{
    private static readonly DateOnly s_day = new(2026, 11, 23);
    private readonly TemporaryFolder _folder = new();
    private readonly LazuliDatabase _database;
    private readonly ServingUseStore _store;

    public ServingUseStoreTests()
    {
        _database = LazuliDatabase.Open(_folder["lazuli.db"], TimeSpan.FromSeconds(5), TimeProvider.System);
        _store = new ServingUseStore(_database);
    }

    [Fact]
    public async Task Adds_to_the_sums_of_a_day()
    {
        await _store.AddAsync([Use(s_day, "a"), Use(s_day, "b")], default);
        await _store.AddAsync([Use(s_day, "a")], default);
        IReadOnlyList<ServingUse> uses = await _store.ListAsync(s_day, s_day.AddDays(1), default);
        Assert.Equal([Use(s_day, "a") with { Requests = 2, PromptTokens = 20, GeneratedTokens = 10, Flop = 3, DeviceSeconds = 1 }, Use(s_day, "b")], uses);
    }

    [Fact]
    public async Task Lists_from_a_day_to_before_another()
    {
        await _store.AddAsync([.. Enumerable.Range(-2, 5).Select(d => Use(s_day.AddDays(d), "a"))], default);
        Assert.Equal([s_day, s_day.AddDays(1)], (await _store.ListAsync(s_day, s_day.AddDays(2), default)).Select(u => u.Day));
    }

    [Fact]
    public async Task Refuses_all_when_one_is_wrong()
    {
        foreach (ServingUse wrong in new[] { Use(s_day, "b") with { Flop = double.NaN }, Use(s_day, "b") with { DeviceSeconds = -1 }, Use(s_day, "b") with { Requests = -1 }, Use(s_day, "b") with { Project = " " } })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.AddAsync([Use(s_day, "a"), wrong], default));
        }

        Assert.Empty(await _store.ListAsync(DateOnly.MinValue, DateOnly.MaxValue, default));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private static ServingUse Use(DateOnly day, string key) => new() { Day = day, Project = "p", Key = key, Model = "m@1", Requests = 1, PromptTokens = 10, GeneratedTokens = 5, Flop = 1.5, DeviceSeconds = 0.5 };
}
