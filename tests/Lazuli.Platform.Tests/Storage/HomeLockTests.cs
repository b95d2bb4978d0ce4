using System.Diagnostics;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class HomeLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_home_is_made_when_missing_and_free_again_after_use()
    {
        var home = new LazuliHome(_folder["deep/home"]);
        HomeLock.Acquire(home, HomeUse.Answer).Dispose();
        HomeLock.Acquire(home, HomeUse.Answer).Dispose();
    }

    [Fact]
    public void The_same_process_cannot_hold_a_home_twice()
    {
        var home = new LazuliHome(_folder.Path);
        using HomeLock held = HomeLock.Acquire(home, HomeUse.Answer);
        HomeInUseException refused = Assert.Throws<HomeInUseException>(() => HomeLock.Acquire(home, HomeUse.Answer));
        Assert.Equal(Environment.ProcessId, refused.HolderProcessId);
        Assert.Equal(home.Root, refused.Home);
    }

    [Fact]
    public void Another_process_is_named_and_its_sudden_end_frees_the_home()
    {
        var home = new LazuliHome(_folder.Path);
        using Process child = ChildProgram.Start(Children.HoldHome, home.Root);
        Assert.Equal("held", child.StandardOutput.ReadLine());
        HomeInUseException refused = Assert.Throws<HomeInUseException>(() => HomeLock.Acquire(home, HomeUse.Answer));
        Assert.Equal(child.Id, refused.HolderProcessId);
        Assert.Equal(HomeUse.Work, refused.HolderUse);
        Assert.Contains($"{home.Root} is in use by process {child.Id}", refused.Message, StringComparison.Ordinal);

        child.Kill(); // SIGKILL: nothing in the child can tidy up
        child.WaitForExit();
        using HomeLock held = HomeLock.Acquire(home, HomeUse.Answer);
    }

    [Fact]
    public void An_unreadable_note_of_the_holder_only_shortens_the_message()
    {
        var home = new LazuliHome(_folder.Path);
        using HomeLock held = HomeLock.Acquire(home, HomeUse.Answer);
        foreach (string note in new[] { "not a number", "", "\n\n", "not a number\n7\n" })
        {
            File.WriteAllText(_folder["lazuli.pid"], note);
            HomeInUseException refused = Assert.Throws<HomeInUseException>(() => HomeLock.Acquire(home, HomeUse.Answer));
            Assert.Null(refused.HolderProcessId);
            Assert.Null(refused.HolderUse);
        }
    }

    [Fact]
    public void Two_homes_do_not_mind_each_other()
    {
        using HomeLock one = HomeLock.Acquire(new LazuliHome(_folder["one"]), HomeUse.Answer);
        using HomeLock two = HomeLock.Acquire(new LazuliHome(_folder["two"]), HomeUse.Work);
    }
}
