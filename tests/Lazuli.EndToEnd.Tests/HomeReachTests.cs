using System.Net.Sockets;
using Lazuli.Cli;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.EndToEnd.Tests;

/// <summary>How long a command waits for the process that holds its home.</summary>
public sealed class HomeReachTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LazuliHome _home;

    public HomeReachTests() => _home = new LazuliHome(_folder.Path);

    [Fact]
    public async Task A_holder_that_begins_to_answer_is_waited_for()
    {
        using HomeLock held = HomeLock.Acquire(_home, HomeUse.Answer);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var time = new PassingTime { [TimeSpan.FromSeconds(50)] = () => Listen(socket) };
        Assert.Null(await HomeReach.ReachAsync(_home, time, TestContext.Current.CancellationToken));
        Assert.InRange(time.Passed.TotalSeconds, 50, 51);
    }

    [Fact]
    public async Task A_home_that_is_given_back_meanwhile_is_taken()
    {
        HomeLock held = HomeLock.Acquire(_home, HomeUse.Work);
        var time = new PassingTime { [TimeSpan.FromSeconds(4)] = held.Dispose };
        AdminHost? host = await HomeReach.ReachAsync(_home, time, TestContext.Current.CancellationToken);
        Assert.NotNull(host);
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData(HomeUse.Answer, 60)]
    [InlineData(HomeUse.Work, 5)]
    public async Task A_holder_that_never_answers_is_named_after_what_its_use_is_given(HomeUse use, double seconds)
    {
        using HomeLock held = HomeLock.Acquire(_home, use);
        var time = new PassingTime();
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => HomeReach.ReachAsync(_home, time, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.NotReachable, refused.ExitCode);
        Assert.Contains($"{_home.Root} is in use by process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.InRange(time.Passed.TotalSeconds, seconds, seconds + 1);
    }

    public void Dispose() => _folder.Dispose();

    private void Listen(Socket socket)
    {
        socket.Bind(new UnixDomainSocketEndPoint(AdminSocket.PathOf(_home)));
        socket.Listen();
    }

    /// <summary>A clock on which every wait has passed as soon as it begins, and on which things happen once their time has come.</summary>
    private sealed class PassingTime : TimeProvider
    {
        private readonly SortedDictionary<TimeSpan, Action> _happenings = [];

        public TimeSpan Passed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public Action this[TimeSpan at]
        {
            set => _happenings[at] = value;
        }

        public override long GetTimestamp() => Passed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Passed += dueTime;
            foreach ((TimeSpan at, Action happen) in _happenings.Where(h => h.Key <= Passed).ToArray())
            {
                _happenings.Remove(at);
                happen();
            }

            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
