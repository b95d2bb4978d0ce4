@echo off
rem Builds Lazuli when its sources changed (MSBuild decides), then runs it. Needs the .NET 10 SDK and nothing else.
setlocal
set "root=%~dp0"
if not defined LAZULI_NO_BUILD (
  dotnet build "%root%src\Lazuli.Cli" -c release -v quiet -nologo >"%TEMP%\lazuli.build.log" 2>&1
  if errorlevel 1 (
    type "%TEMP%\lazuli.build.log" 1>&2
    exit /b 1
  )
)
dotnet "%root%artifacts\bin\Lazuli.Cli\release\lazuli.dll" %*
exit /b %errorlevel%
