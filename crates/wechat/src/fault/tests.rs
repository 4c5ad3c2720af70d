use super::{Class, Fault};

fn check(class: Class, codes: &[i64]) {
    for &errcode in codes {
        let refused = Fault::Refused { errcode, errmsg: "rid: 1".to_owned() };
        assert_eq!(refused.class(), class, "{errcode}");
    }
}

#[test]
fn every_documented_code_has_its_class() {
    check(Class::Retry, &[-1, 43108]);
    check(Class::RetryLater, &[40001, 40014, 41001, 42001, 44990, 45011, 61010]);
    check(Class::Park, &[45009]);
    check(Class::NextChannel, &[43004, 43019, 43101]);
    check(Class::Relogin, &[40029, 40163, 87007, 87008, 87009]);
    check(Class::Permanent, &[40003, 40038, 40226, 43104, 50002, 85438]);
    check(Class::Content, &[40249, 45168, 87014]);
    check(Class::Config, &[40002, 40013, 40125, 40037, 40164, 61004, 40165, 40166, 40168]);
    check(Class::Config, &[40230, 40240, 40243, 41030, 43102, 43107, 48001, 48004, 85079]);
    check(Class::Config, &[50007, 200_011, 200_021]);
    check(Class::Bug, &[40097, 40129, 40169, 41002, 41004, 43002, 43302, 44002, 47001, 47003]);
    check(Class::Bug, &[45103, 45109, 76001, 76004, 76021, 76022, 85401]);
}

#[test]
fn wecom_has_codes_of_its_own() {
    check(Class::RetryLater, &[45033]);
    check(Class::Permanent, &[46004, 60011, 60111, 81013, 82001]);
    check(Class::Config, &[40056, 40091, 48002, 50003, 60020, 93000]);
    check(Class::Bug, &[40058, 45002, 45004]);
}

#[test]
fn a_code_nobody_documented_is_permanent() {
    check(Class::Permanent, &[1, 99999, 40229, 40241, 200_010, 200_022, i64::MIN]);
}

#[test]
fn what_never_arrived_is_retried_and_what_may_have_is_left_alone() {
    assert_eq!(Fault::NotSent("connection refused".to_owned()).class(), Class::Retry);
    assert_eq!(Fault::NotNow("a new token is not due yet".to_owned()).class(), Class::RetryLater);
    assert_eq!(Fault::Unknown("timed out".to_owned()).class(), Class::Unknown);
}

#[test]
fn only_the_four_token_codes_are_about_the_token() {
    for errcode in [-1, 40001, 40014, 41001, 42001, 40013, 43101] {
        let refused = Fault::Refused { errcode, errmsg: String::new() };
        assert_eq!(refused.is_about_token(), [40001, 40014, 41001, 42001].contains(&errcode), "{errcode}");
    }
}
